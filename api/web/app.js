// What every page does beyond reading: forms that send themselves when something is chosen, and the
// way from the search box to the mentors.

const PANEL = "#facets";

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => {
    // On a phone the filters are a place of their own in the history: what is chosen takes its
    // place, so that "back" leads to the results before and not to the open panel.
    if (location.hash === PANEL && form.id === PANEL.slice(1)) location.replace(addressOf(form));
    else form.requestSubmit();
  });
}

// Where the box finds nothing, what was typed goes along to the mentors.
const asking = document.querySelector("cordee-search > a[slot=empty]");
asking?.addEventListener("click", () => {
  const q = asking.parentElement.value ?? "";
  if (q) asking.href = `/questions/new?${new URLSearchParams({ q })}`;
});

function addressOf(form) {
  const given = [...new FormData(form)].filter(([, value]) => value !== "");
  return `${form.getAttribute("action")}?${new URLSearchParams(given)}`;
}

// What every page does beyond reading: forms that send themselves, and what scripts share is started.

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

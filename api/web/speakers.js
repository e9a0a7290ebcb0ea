// Saying who is heard in a recording; the page then shows what holds.

import { call } from "./api.js";
import { t } from "./strings.js";

/** Fill the form with a known person, send what it says, or take a name back. */
export function enhanceSpeakers(part, address, doing) {
  const { revision } = part.dataset;
  for (const form of part.querySelectorAll(".speaker-form")) {
    const own = `${address}/speakers/${encodeURIComponent(form.dataset.id)}`;
    const { known, name, role, person_id: id } = form.elements;
    known.addEventListener("change", () => {
      const { dataset, value } = known.selectedOptions[0];
      if (!value) return;
      [name.value, role.value, id.value] = [dataset.name, dataset.role, value];
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!id.value.trim() && role.value !== "speaker") {
        form.querySelector(".says").textContent = t("speakers.no-id");
        id.focus();
        return;
      }
      const body = { revision, name: name.value, role: role.value, person_id: id.value.trim() || null };
      const send = () => call(own, { method: "PUT", body });
      if (await doing(form.querySelector("[type=submit]"), send)) location.reload();
    });
    const unname = form.querySelector("[data-unname]");
    unname?.addEventListener("click", async () => {
      const send = () => call(`${own}?revision=${encodeURIComponent(revision)}`, { method: "DELETE" });
      if (await doing(unname, send)) location.reload();
    });
  }
}

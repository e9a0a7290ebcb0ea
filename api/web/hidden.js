// Hiding a stretch of a document from students, and showing it again.

import { call } from "./api.js";
import { t } from "./strings.js";

/** Send what the form says, lift what a button stands beside; the page then shows what holds. */
export function enhanceHidden(part, address, doing) {
  const { unit } = part.dataset;
  const form = part.querySelector(".hidden-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = new FormData(form);
    const place = placeOf(unit, said.get("first"), said.get("last"));
    if (!place) {
      form.querySelector(".says").textContent = t(`hidden.wrong.${unit}`);
      return;
    }
    const body = { place, visibility: said.get("visibility"), reason: said.get("reason") };
    const send = () => call(`${address}/restrictions`, { method: "POST", body });
    if (await doing(form.querySelector("[type=submit]"), send)) location.reload();
  });
  for (const button of part.querySelectorAll("[data-lift]")) {
    const id = encodeURIComponent(button.closest("[data-id]").dataset.id);
    const lift = () => call(`${address}/restrictions/${id}`, { method: "DELETE" });
    button.addEventListener("click", async () => {
      if (await doing(button, lift)) location.reload();
    });
  }
}

/** Return what the API calls the place, or null; people count messages and blocks from 1. */
function placeOf(unit, first, last) {
  if (unit === "time") {
    const [start_ms, end_ms] = [milliseconds(first), milliseconds(last)];
    return start_ms === null || end_ms === null || start_ms >= end_ms ? null : { start_ms, end_ms };
  }
  const [from, to] = [Number(first), Number(last)];
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < from) return null;
  const shift = unit === "page" ? 0 : 1;
  return { [`first_${unit}`]: from - shift, [`last_${unit}`]: to - shift };
}

/** Read 1:02:03, 12:00 or 45 as milliseconds; null where it is no time. */
function milliseconds(text) {
  const parts = text.trim().split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d{1,5}([.,]\d{1,3})?$/.test(part))) return null;
  return Math.round(parts.reduce((sum, part) => sum * 60 + Number(part.replace(",", ".")), 0) * 1000);
}

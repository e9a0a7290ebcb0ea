// Starts the portal and shows what the address names.

import { leaveDocument, showDocument } from "./document-page.js";
import { leaveHome, showHome } from "./home-page.js";
import { currentLanguage, onLanguageChange, translateShell } from "./i18n.js";
import { forgetIngest, onPublished } from "./ingest.js";
import { forgetResults, leaveResults, showResults } from "./results-page.js";
import { onNavigate, readRoute } from "./router.js";
import { isTyping, showQuery, startSearchBox } from "./search-box.js";
import { onCallerChange, openSession, session } from "./session.js";
import { failure } from "./states.js";
import { drawToolbar, signInForm } from "./toolbar.js";
import { fill } from "./dom.js";

const main = document.querySelector("#main");

function show({ back = false, scroll = 0 } = {}) {
  const route = readRoute();
  document.body.dataset.view = route.view;
  showQuery(route.q, { typing: isTyping() && !back && route.view !== "document" });
  if (route.view !== "document") leaveDocument();
  if (route.view !== "results") leaveResults();
  if (route.view !== "home") leaveHome();
  if (!session.caller) return fill(main, signInForm());
  if (route.view === "document") return showDocument(main, route);
  if (route.view === "results") return showResults(main, route, { back, scroll });
  return showHome(main);
}

function showAfresh() {
  forgetResults();
  leaveDocument();
  forgetIngest();
  drawToolbar();
  show();
}

async function start() {
  if (currentLanguage() !== "fr") translateShell();
  try {
    await openSession();
  } catch (cause) {
    fill(main, failure(cause, start));
    return;
  }
  drawToolbar();
  show();
}

onNavigate(show);
onLanguageChange(showAfresh);
onCallerChange(showAfresh);
onPublished(forgetResults);
window.addEventListener("online", () => main.querySelector("[data-state=error]") && start());
startSearchBox();
showQuery(readRoute().q, { typing: false });
document.body.dataset.view = readRoute().view;
start();

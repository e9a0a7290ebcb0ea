// <cordee-search>: the search box of Cordée, for any page. See docs/component.md.

import { Addresses, type Field, withoutSlash } from "./addresses.ts";
import { Client, type GetToken } from "./client.ts";
import { Combobox } from "./combobox.ts";
import { Display } from "./display.ts";
import { el } from "./dom.ts";
import { inline, type Layout, modal } from "./layout.ts";
import { Lookup, type State } from "./lookup.ts";
import { Memory } from "./memory.ts";
import { Panel } from "./panel.ts";
import { ignore, listen, MOD_K, named, SLASH } from "./shortcuts.ts";
import { languageOf, Texts } from "./strings.ts";
import css from "./styles.css";

const MEMORY_KEY = "cordee-search";
const FIELDS = "input[name]:is([type=search], [type=text], :not([type]))";

const sheet = new CSSStyleSheet();

/** Return whether the page gives this field the focus with its next frame: a script may run before that. */
const isToFocus = (input: HTMLInputElement): boolean => input.autofocus && document.activeElement === document.body;
sheet.replaceSync(css);

export class CordeeSearch extends HTMLElement {
  static readonly observedAttributes = ["api", "mode", "language", "portal", "history", "shortcuts", "label", "placeholder"];

  readonly #root = this.attachShadow({ mode: "open", delegatesFocus: true });
  readonly #fallback = el("slot", { hidden: true });
  #isBuilt = false;
  #getToken: GetToken | null = null;
  #field: Field | null = null; // of the page's own form
  #memory: Memory | null = null;
  #base = ""; // address of the API
  #to!: Addresses;
  #client!: Client;
  #lookup!: Lookup;
  #panel!: Panel;
  #parts!: Layout;
  #combobox!: Combobox;
  #display!: Display;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.addEventListener("focusout", (event) => this.#left(event as FocusEvent));
    this.#fallback.addEventListener("slotchange", () => {
      if (this.#isBuilt && this.#ownField()?.form !== this.#field?.form) this.#build();
    });
  }

  connectedCallback(): void {
    if (Object.hasOwn(this, "getToken")) {
      // Set before the script was there: a plain property would hide ours.
      const { getToken } = this;
      Reflect.deleteProperty(this, "getToken");
      this.#getToken = getToken;
    }
    this.#build();
    listen(this);
  }

  disconnectedCallback(): void {
    ignore(this);
    this.close();
    this.#isBuilt = false;
  }

  attributeChangedCallback(): void {
    if (this.#isBuilt) this.#build();
  }

  /** The page's way to a bearer token; null where the session cookie of the same origin says who asks. */
  get getToken(): GetToken | null {
    return this.#getToken;
  }

  set getToken(getToken: GetToken | null) {
    this.#getToken = getToken;
    if (!this.#isBuilt) return;
    this.#lookup.stop();
    this.#connect();
  }

  /** What stands in the field. */
  get value(): string {
    return this.#isBuilt ? this.#parts.field.value : "";
  }

  set value(text: string) {
    if (!this.#isBuilt) return;
    this.close();
    this.#write(text);
  }

  /** Which keys open the box from anywhere: `mod+k`, `/`, both or none. */
  get shortcuts(): ReadonlySet<string> {
    return new Set((this.getAttribute("shortcuts") ?? `${MOD_K} ${SLASH}`).split(/\s+/));
  }

  /** Open the dialog, or the list under the field. */
  open(): void {
    const { dialog, field } = this.#parts;
    if (dialog && !dialog.open) dialog.showModal();
    field.focus();
    field.select();
    this.#unfold();
  }

  close(): void {
    if (!this.#isBuilt) return;
    this.#fold();
    this.#parts.dialog?.close();
  }

  onShortcut(isToggle: boolean): void {
    if (isToggle && this.#parts.dialog?.open) this.close();
    else this.open();
  }

  // --- building ----------------------------------------------------------------------------------

  #build(): void {
    const typed = this.#isBuilt ? this.value : null;
    this.close();
    const field = (this.#field = this.#ownField());
    const input = field?.form.elements.namedItem(field.name) as HTMLInputElement | undefined;
    const hadFocus = input !== undefined && (document.activeElement === input || (!this.#isBuilt && isToFocus(input)));
    const isActive = this.#isBuilt && this.#root.activeElement === this.#parts.field;
    this.#base = withoutSlash(new URL(this.getAttribute("api") || location.origin, document.baseURI));
    const t = new Texts(languageOf(this.getAttribute("language") ?? this.#surroundingLanguage()));
    this.#memory = this.getAttribute("history") === "off" ? null : new Memory(MEMORY_KEY);
    this.#to = new Addresses(this.#base, this.getAttribute("portal") ?? "", field);
    this.#connect();
    this.#panel = new Panel(t, {
      retry: () => this.#retry(),
      keep: (q) => this.#keep(q),
      remove: (q) => this.#change(() => this.#memory?.remove(q)),
      forgetAll: () => this.#change(() => this.#memory?.clear()),
    });
    const { shown, aria } = named(this.shortcuts);
    const words = {
      label: this.getAttribute("label") ?? input?.labels?.[0]?.textContent?.trim() ?? t.of("label"),
      placeholder: this.getAttribute("placeholder") ?? (input?.placeholder || t.of("placeholder")),
      key: shown,
      keys: aria,
    };
    const acts = { open: () => this.open(), close: () => this.close(), clear: () => this.#clear() };
    const isModal = this.getAttribute("mode") === "modal";
    const parts = (this.#parts = (isModal ? modal : inline)(this.#panel, words, t, acts));
    this.#display = new Display(t, this.#to, this.#memory, this.#panel, parts, () => this.#combobox.resume());
    this.#panel.node.hidden = !isModal;
    this.#root.replaceChildren(this.#fallback, ...parts.nodes);
    this.#listen();
    this.#isBuilt = true;
    this.#write(typed ?? input?.value ?? "");
    if ((hadFocus || isActive) && !isModal) parts.field.focus();
  }

  #connect(): void {
    this.#client = new Client(this.#base, this.#getToken);
    this.#lookup = new Lookup(this.#client, (state) => this.#show(state));
  }

  #listen(): void {
    const { form, field, dialog } = this.#parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(false);
    });
    field.addEventListener("input", () => {
      this.#write(field.value);
      this.#combobox.activate(null);
      this.#lookup.type(this.#query, /\s$/.test(field.value));
    });
    if (dialog) dialog.addEventListener("close", () => this.#fold());
    else {
      field.addEventListener("click", () => this.#unfold());
      this.#panel.node.addEventListener("keydown", ({ key }) => {
        if (key !== "Escape") return;
        field.focus();
        this.#fold();
      });
    }
    this.#panel.list.addEventListener("click", (event) => this.#click(event));
    const acts = {
      isOpen: () => this.#display.isOpen,
      open: () => this.#unfold(),
      close: () => this.#fold(),
      clear: () => this.#clear(),
      moved: (option: HTMLElement | null) => this.#panel.roveTo(option),
      choose: (option: HTMLAnchorElement, elsewhere: boolean) => this.#choose(option, elsewhere),
      submit: (elsewhere: boolean) => this.#submit(elsewhere),
      remove: ({ dataset }: HTMLElement) => {
        if (dataset["type"] === "remembered") this.#change(() => this.#memory?.remove(dataset["title"] ?? ""));
      },
    };
    this.#combobox = new Combobox(field, this.#panel.list, acts, !dialog);
  }

  get #query(): string {
    return this.#parts.field.value.trim().replace(/\s+/g, " ");
  }

  #ownField(): Field | null {
    const form = this.querySelector("form");
    const input = form?.querySelector<HTMLInputElement>(FIELDS);
    return form && input ? { form, name: input.name } : null;
  }

  #surroundingLanguage(): string {
    return this.closest("[lang]")?.getAttribute("lang") ?? document.documentElement.lang;
  }

  // --- showing -------------------------------------------------------------------------------------

  #show(state: State): void {
    this.#display.show(state);
    if (state.name === "expired") this.#dispatch("cordee-expired", {});
  }

  #unfold(): void {
    if (!this.#parts.dialog && this.#display.isOpen) return;
    const q = this.#query;
    if (!this.#display.resume(q)) this.#lookup.now(q);
  }

  #fold(): void {
    this.#lookup.stop();
    this.#combobox.activate(null);
    this.#display.hide();
  }

  #left({ relatedTarget }: FocusEvent): void {
    // Another window: whoever comes back finds the list as it was.
    if (this.#parts.dialog || !document.hasFocus()) return;
    if (!(relatedTarget instanceof Node && this.#root.contains(relatedTarget))) this.#fold();
  }

  #write(text: string): void {
    const { field, clear } = this.#parts;
    if (field.value !== text) field.value = text;
    clear.hidden = !text;
    const own = this.#field?.form.elements.namedItem(this.#field.name);
    if (own instanceof HTMLInputElement) own.value = text;
  }

  // --- doing ---------------------------------------------------------------------------------------

  #clear(): void {
    this.#write("");
    this.#parts.field.focus();
    this.#lookup.type("", false);
  }

  #retry(): void {
    this.#parts.field.focus(); // the button is about to go
    this.#lookup.now(this.#query);
  }

  #keep(q: string): boolean {
    if (this.#display.state.name === "found") this.#memory?.toggle(q);
    else this.#change(() => this.#memory?.toggle(q), q);
    return this.#memory?.favourites.includes(q) ?? false;
  }

  /** Change what this device remembers and show it, with the focus where it was if that is still there. */
  #change(act: () => void, q = ""): void {
    const isInField = this.#root.activeElement === this.#parts.field;
    act();
    this.#show(this.#display.state);
    if (!isInField && !(q && this.#panel.focusActions(q))) this.#parts.field.focus();
  }

  #click(event: MouseEvent): void {
    const option = (event.target as Element).closest<HTMLAnchorElement>("[role=option]");
    if (!option) return;
    if (!this.#tell(option)) event.preventDefault();
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) this.close();
  }

  #choose(option: HTMLAnchorElement, elsewhere: boolean): void {
    if (!elsewhere) option.click();
    else if (this.#tell(option)) window.open(option.href, "_blank", "noopener");
  }

  #submit(elsewhere: boolean): void {
    const q = this.#query;
    if (!q) return;
    this.#memory?.add(q);
    const url = this.#to.results(q);
    const mayGo = this.#dispatch("cordee-submit", { q, url });
    if (elsewhere) {
      if (mayGo) window.open(url, "_blank", "noopener");
      return;
    }
    this.close();
    if (!mayGo) return;
    if (this.#field && !this.getAttribute("portal")) {
      this.#write(q);
      this.#field.form.requestSubmit(); // as without this script, listeners of the page included
    } else location.assign(url);
  }

  /** Return whether the page leaves it to the browser to follow the option. */
  #tell({ dataset, href }: HTMLAnchorElement): boolean {
    const { type = "", title = "" } = dataset;
    const q = ["remembered", "spelling", "query"].includes(type) ? title : this.#query;
    this.#memory?.add(q);
    const { queryId, document: documentId, passage = null } = dataset;
    if (queryId && documentId) this.#client.report({ query_id: queryId, document_id: documentId, action: "click", passage_id: passage });
    return this.#dispatch("cordee-select", { type, title, q, url: href });
  }

  #dispatch(name: string, detail: object): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}

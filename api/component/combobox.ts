// The keyboard of an editable combobox with a listbox, as the ARIA Authoring Practices describe it
// (list autocomplete with manual selection): focus stays in the field, one option may be active.
// Nothing is active before somebody moves to it, so that Enter always means the typed text.

/** What keys ask for. */
export interface Acts {
  isOpen(): boolean;
  open(): void;
  close(): void;
  /** Empty the field. */
  clear(): void;
  /** An option became the active one, or none did. */
  moved(option: HTMLAnchorElement | null): void;
  /** @param elsewhere In a new tab. */
  choose(option: HTMLAnchorElement, elsewhere: boolean): void;
  submit(elsewhere: boolean): void;
  /** Forget what an option remembers. */
  remove(option: HTMLAnchorElement): void;
}

export class Combobox {
  readonly #field: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #acts: Acts;
  readonly #closesByEscape: boolean;
  #active: HTMLAnchorElement | null = null;

  /** @param closesByEscape False where a dialog around it does that by itself. */
  constructor(field: HTMLInputElement, list: HTMLElement, acts: Acts, closesByEscape: boolean) {
    this.#field = field;
    this.#list = list;
    this.#acts = acts;
    this.#closesByEscape = closesByEscape;
    field.addEventListener("keydown", (event) => {
      // An input method uses the same keys to choose characters.
      if (!event.isComposing && this.#press(event)) event.preventDefault();
    });
  }

  /** Make an option the active one, or none. */
  activate(option: HTMLAnchorElement | null): void {
    this.#active?.setAttribute("aria-selected", "false");
    this.#active = option;
    this.#acts.moved(option);
    if (!option) {
      this.#field.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", option.id);
  }

  /** Go on at the same option of a list that was made anew; at none if it is not there any more. */
  resume(): void {
    const active = this.#active;
    this.activate(active && (this.#options().find(({ href, dataset }) => placeOf(href) === placeOf(active.href) && dataset["type"] === active.dataset["type"]) ?? null));
  }

  /** Return whether the key was one of ours. */
  #press({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    const active = this.#active?.isConnected ? this.#active : null;
    switch (key) {
      case "ArrowDown":
      case "ArrowUp":
        return this.#arrow(key === "ArrowDown" ? 1 : -1, altKey, active);
      case "Home":
      case "End":
        if (!active || shiftKey) return false; // then they move the cursor in the text
        this.activate(this.#options().at(key === "Home" ? 0 : -1) ?? null);
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        this.activate(null);
        return false;
      case "Enter":
        if (!active && !ctrlKey && !metaKey) return false; // the form is sent
        if (active) this.#acts.choose(active, ctrlKey || metaKey);
        else this.#acts.submit(true);
        return true;
      case "Delete":
        if (!active || !shiftKey) return false;
        this.#acts.remove(active);
        return true;
      case "Escape":
        return this.#closesByEscape && this.#escape();
      default:
        return false;
    }
  }

  #arrow(by: 1 | -1, withAlt: boolean, active: HTMLAnchorElement | null): boolean {
    if (withAlt && by < 0) {
      this.#acts.close();
      return true;
    }
    if (!this.#acts.isOpen()) this.#acts.open();
    if (withAlt) return true;
    const options = this.#options();
    // The field itself is a stop of the round, at -1: from there Enter means the text again.
    const at = active ? options.indexOf(active) : -1;
    const n = options.length + 1;
    this.activate(options[((at + 1 + by + n) % n) - 1] ?? null);
    return true;
  }

  #escape(): boolean {
    if (this.#acts.isOpen()) this.#acts.close();
    else if (this.#field.value) this.#acts.clear();
    else return false;
    return true;
  }

  #options(): HTMLAnchorElement[] {
    return [...this.#list.querySelectorAll<HTMLAnchorElement>("[role=option]")];
  }
}

/** Return where an option leads: the same place in the answer that follows it. */
function placeOf(href: string): string {
  const url = new URL(href);
  url.searchParams.delete("from");
  return url.href;
}

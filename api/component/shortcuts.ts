// Keys that open the search from anywhere on the page: Ctrl+K (⌘K on a Mac) and `/`.

export const MOD_K = "mod+k";
export const SLASH = "/";
const IS_MAC = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** Something that keys open. */
export interface Opened {
  readonly shortcuts: ReadonlySet<string>;
  checkVisibility(): boolean;
  /** @param isToggle Whether the same key also closes. */
  onShortcut(isToggle: boolean): void;
}

const listening = new Set<Opened>();

/** Take part in the keys; the first box that can be seen gets them. Undone by `ignore`. */
export function listen(box: Opened): void {
  if (!listening.size) addEventListener("keydown", press);
  listening.add(box);
}

export function ignore(box: Opened): void {
  listening.delete(box);
  if (!listening.size) removeEventListener("keydown", press);
}

/** Return the keys in words for people and for `aria-keyshortcuts`. */
export function named(shortcuts: ReadonlySet<string>): { readonly shown: string; readonly aria: string | null } {
  const names = [
    ...(shortcuts.has(MOD_K) ? [{ shown: IS_MAC ? "⌘ K" : "Ctrl K", aria: IS_MAC ? "Meta+K" : "Control+K" }] : []),
    ...(shortcuts.has(SLASH) ? [{ shown: "/", aria: "/" }] : []),
  ];
  return { shown: names[0]?.shown ?? "", aria: names.map(({ aria }) => aria).join(" ") || null };
}

function press(event: KeyboardEvent): void {
  const shortcut = shortcutOf(event);
  // An editor that used the key already keeps it.
  if (!shortcut || event.defaultPrevented || event.isComposing || event.repeat) return;
  if (shortcut === SLASH && isTyping(event.composedPath()[0])) return;
  const box = [...listening].find((one) => one.shortcuts.has(shortcut) && one.checkVisibility());
  if (!box) return;
  event.preventDefault();
  box.onShortcut(shortcut === MOD_K);
}

function shortcutOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string | null {
  if (altKey) return null;
  if (key === SLASH && !ctrlKey && !metaKey) return SLASH; // with Shift on many keyboards
  const isMod = IS_MAC ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  return isMod && !shiftKey && key.toLowerCase() === "k" ? MOD_K : null;
}

/** Tell whether keys are text where they were pressed. */
function isTyping(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=combobox], [role=searchbox]");
}

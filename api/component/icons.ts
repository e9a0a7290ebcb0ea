// Line drawings on a grid of 24, one path each; those of the portal (api/web/icons.svg).

export const ICONS = {
  search: "M10.8 4.5a6.3 6.3 0 1 1 0 12.6 6.3 6.3 0 0 1 0-12.6zM15.5 15.5l4.5 4.5",
  video: "M4 6.5h10.5v11H4zM14.5 10.5l5.5-3v9l-5.5-3",
  audio: "M12 4.5a2.8 2.8 0 0 1 2.8 2.8v4.2a2.8 2.8 0 0 1-5.6 0V7.3A2.8 2.8 0 0 1 12 4.5zM6 11.5a6 6 0 0 0 12 0M12 17.5v2.5",
  pdf: "M6.5 3.5H14l4 4v13H6.5zM14 3.5v4h4M9.5 12H15M9.5 15.5H15",
  messages: "M4 5.5h11V13H9l-3 2.8V13H4zM17.5 9.5H20v7h-1.8v2.3l-2.7-2.3H11",
  text: "M5 6h14M5 10.5h14M5 15h9",
  transcript: "M5 6h3M11 6h8M5 12h3M11 12h8M5 18h3M11 18h5",
  tag: "M4.5 4.5h7.2l8 8-7.2 7.2-8-8zM8.3 8.3h.01",
  person: "M12 4.5a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4zM4.8 20c.8-4 3.6-5.7 7.2-5.7s6.4 1.7 7.2 5.7",
  lock: "M6 11h12v8.5H6zM8.5 11V8.5a3.5 3.5 0 0 1 7 0V11",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.3l2.8 1.7",
  star: "m12 4 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  close: "m6 6 12 12M18 6 6 18",
  next: "m9.5 5.5 6.5 6.5-6.5 6.5",
  warning: "M12 4 3.5 19.5h17zM12 10v4.5M12 17h.01",
} as const;

export type IconName = keyof typeof ICONS;

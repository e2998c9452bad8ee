// Deciding by keyboard, and ticking all at once. The page works without this file.
"use strict";

const form = document.getElementById("deciding");
const cards = [...document.querySelectorAll(".cards > li")];
const all = document.getElementById("all");

if (form && cards.length) {
  const boxes = cards.map((card) => card.querySelector("input[type=checkbox]"));
  all.hidden = false;
  document.querySelector(".all-words").hidden = false;
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  document.querySelector(".keys").classList.add("on");

  // Single letters count only while the focus is in the list and not where somebody writes.
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, input:not([type=checkbox])")) return;
    const at = cards.findIndex((card) => card.contains(event.target));
    const press = (action) => cards[at]?.querySelector(`button[name=one][value^="${action}:"]:not([disabled])`)?.click();
    const go = (to) => {
      const card = cards[Math.max(0, Math.min(cards.length - 1, to))];
      card.querySelector("input[type=checkbox]").focus();
      card.scrollIntoView({ block: "nearest" });
      document.getElementById(`m-${card.id}`)?.scrollIntoView({ block: "center" });
    };
    const keys = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      x: () => { if (at >= 0) boxes[at].checked = !boxes[at].checked; },
      a: () => press("accept"),
      u: () => press("undo"),
      r: () => document.getElementById("why").focus(),
      e: () => cards[at]?.querySelector(".do a")?.click(),
    };
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// Charts answer to the pointer once someone turns to them; choices show at once. The pages work without this file.
"use strict";

const library = document.body.dataset.vega;
let loading = null;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = library;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

async function enliven(figure) {
  if (figure.dataset.live) return;
  figure.dataset.live = "loading";
  try {
    const [answer] = await Promise.all([fetch(figure.dataset.spec), load()]);
    if (!answer.ok) throw new Error(String(answer.status));
    const place = document.createElement("div");
    const drawing = figure.querySelector(".drawing");
    place.hidden = true;
    drawing.append(place);
    await window.vegaEmbed(place, await answer.json(), {
      actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
    });
    const live = place.querySelector("svg");
    const still = drawing.querySelector("svg");
    live.removeAttribute("width");
    live.removeAttribute("height");
    still.remove();
    place.hidden = false;
    figure.dataset.live = "yes";
  } catch {
    figure.dataset.live = "failed"; // the drawing that came with the page stays
  }
}

function awaken(figure) {
  if (!library) return;
  // Not for the keyboard: the drawing that came with the page has a link for each mark, the live one has none.
  figure.addEventListener("pointerenter", () => enliven(figure), { once: true });
}

async function fill(slot) {
  try {
    const answer = await fetch(slot.dataset.part);
    if (!answer.ok) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const figure = parsed.querySelector("figure");
    slot.replaceWith(figure);
    if (figure.dataset.spec) awaken(figure);
  } catch {
    // the picture that came with the page stays
  }
}

const near = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((each) => each.isIntersecting)) {
    near.unobserve(entry.target);
    fill(entry.target);
  }
}, { rootMargin: "400px" });
document.querySelectorAll("figure[data-part]").forEach((slot) => near.observe(slot));
document.querySelectorAll("figure[data-spec]").forEach(awaken);

for (const form of document.querySelectorAll("form[data-auto]")) {
  for (const select of form.querySelectorAll("select")) {
    select.addEventListener("change", () => form.requestSubmit());
  }
}

for (const select of document.querySelectorAll("select[data-filter]")) {
  select.querySelector("option[selected]")?.scrollIntoView({ block: "nearest" });
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = select.dataset.filter;
  filter.setAttribute("aria-label", select.dataset.filter);
  filter.addEventListener("input", () => {
    const asked = filter.value.trim().toLowerCase();
    for (const option of select.options) option.hidden = !option.selected && !option.text.toLowerCase().includes(asked);
  });
  select.before(filter);
}

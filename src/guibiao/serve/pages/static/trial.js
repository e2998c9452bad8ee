// Sliders beside the weights of a trial; what a form answers replaces the trial in place. The page works without this file.
"use strict";

{ // names of their own: site.js shares the scope
  let asked = 0;

  async function show(address, kept) {
    const mine = ++asked;
    const place = document.querySelector("[data-trial]");
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address);
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = parsed.querySelector("[data-trial]");
      if (!answer.ok || !fresh) throw new Error(String(answer.status));
      if (mine !== asked) return;
      place.replaceWith(fresh);
      history.replaceState(null, "", answer.url);
      const carried = document.querySelector("form.choose input[name=weights]");
      const weights = new URL(answer.url).searchParams.get("weights") ?? "";
      if (carried) carried.value = weights;
      withSliders(fresh);
      if (kept) fresh.querySelector(`input[type=range][data-code="${CSS.escape(kept)}"]`)?.focus();
    } catch {
      location.assign(address); // the page itself says what is wrong
    }
  }

  function withSliders(place) {
    for (const form of place.querySelectorAll("form.share")) {
      const number = form.elements.share;
      const code = form.elements.code.value;
      const slider = document.createElement("input");
      slider.type = "range";
      slider.min = 0;
      slider.max = 100;
      slider.step = 1;
      slider.value = number.value;
      slider.dataset.code = code;
      slider.setAttribute("aria-label", number.getAttribute("aria-label"));
      slider.addEventListener("input", () => { number.value = slider.value; });
      slider.addEventListener("change", () => send(form, code));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        send(form, "");
      });
      number.before(slider, " ");
    }
  }

  function send(form, kept) {
    show(`${form.action}?${new URLSearchParams(new FormData(form))}`, kept);
  }

  const trial = document.querySelector("[data-trial]");
  if (trial) withSliders(trial);
}

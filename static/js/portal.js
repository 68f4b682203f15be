// What every page gains from JavaScript; without it everything still works.
(() => {
  "use strict";

  // Menus and confirmations are <details>: close on Escape, on a click outside and on 取消.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    const close = event.target.closest("[data-close]");
    if (close) close.closest("details").open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A form is sent once, however often its button is pressed. Saving in the background and sending
  // never overlap: the button waits for a save under way, and no save starts after it.
  const waiting = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.saving) {
      event.preventDefault();
      waiting.set(form, event.submitter);
      return;
    }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  const allowAgain = () => {
    for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
  };
  window.addEventListener("pageshow", allowAgain);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent || waiting.has(form)) event.preventDefault();
    else form.dataset.saving = "1";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    allowAgain();
    delete form.dataset.saving;
    if (!waiting.has(form)) return;
    const button = waiting.get(form);
    waiting.delete(form);
    form.requestSubmit(button);
  });

  // How many characters there are in a limited text, once its limit is near.
  const addCounter = (field) => {
    if (field.dataset.counted) return;
    field.dataset.counted = "1";
    const counter = document.createElement("span");
    counter.className = "counter";
    counter.setAttribute("aria-hidden", "true");
    const show = () => {
      counter.textContent = `${field.value.length} / ${field.maxLength}`;
      counter.hidden = field.value.length < field.maxLength * 0.8;
      counter.toggleAttribute("data-full", field.value.length >= field.maxLength);
    };
    field.addEventListener("input", show);
    field.after(counter);
    show();
  };

  // Ticked rows: how many, and all at once.
  const watchBulk = (form) => {
    if (form.dataset.watched) return;
    form.dataset.watched = "1";
    const all = form.querySelector("[data-bulk-all]");
    const boxes = () => [...form.querySelectorAll('input[name="ids"]')];
    const show = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      form.querySelector("[data-bulk-count]").textContent = ticked;
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && ticked < boxes().length;
    };
    all.hidden = false;
    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      show();
    });
    show();
  };

  const prepare = (root) => {
    root.querySelectorAll("textarea[maxlength]").forEach(addCounter);
    root.querySelectorAll("[data-bulk]").forEach(watchBulk);
    root.querySelector("[data-focus]")?.focus();
  };
  // Filters start folded on small screens; after a swap they stay as they were answered: open.
  if (window.matchMedia("(max-width: 59.99rem)").matches) {
    for (const box of document.querySelectorAll("[data-collapse-small]")) box.open = false;
  }
  // Where one is stands in sight in a row of links that scrolls by itself.
  for (const here of document.querySelectorAll(".tabs [aria-current], .site-nav [aria-current]")) {
    const row = here.closest("ul");
    const [link, around] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += link.left - around.left - (around.width - link.width) / 2;
  }
  // Printing is offered where a page is kept on paper.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  prepare(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) prepare(event.detail.elt);
  });

  // A refused or failed htmx request says so instead of doing nothing.
  document.addEventListener("htmx:responseError", (event) => {
    const box = document.getElementById("messages");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "alert tone-danger";
    note.textContent =
      event.detail.xhr.status === 403 ? "没有权限，或登录已失效，请刷新页面后再试。" : "操作没有成功，请稍后再试。";
    box.replaceChildren(note);
  });
})();

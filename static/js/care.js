// 关怀模式 at once, without loading the page anew, and reading aloud where the browser can speak.
(() => {
  "use strict";

  const form = document.querySelector("[data-care]");
  if (!form) return;
  const root = document.documentElement;
  const button = form.querySelector("button");
  const speech = window.speechSynthesis;
  let reader;

  const readAloud = () => {
    if (speech.speaking) {
      speech.cancel();
      return;
    }
    const chosen = String(window.getSelection()).trim();
    const words = new SpeechSynthesisUtterance(chosen || document.getElementById("main").innerText);
    words.lang = "zh-CN";
    words.rate = 0.9;
    words.onend = () => reader.setAttribute("aria-pressed", "false");
    words.onstart = () => reader.setAttribute("aria-pressed", "true");
    speech.speak(words);
  };

  const show = () => {
    const on = root.classList.contains("care");
    button.setAttribute("aria-pressed", String(on));
    button.value = on ? "0" : "1";
    if (!speech) return;
    if (on && !reader) {
      reader = document.createElement("button");
      reader.type = "button";
      reader.className = "tool";
      reader.textContent = "朗读";
      reader.title = "朗读选中的文字；没有选中时朗读全文，再按一次停止";
      reader.addEventListener("click", readAloud);
      form.after(reader);
    }
    if (reader) reader.hidden = !on;
    if (!on) speech.cancel();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const on = root.classList.toggle("care");
    document.cookie = `care=${on ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
    show();
  });
  show();
})();

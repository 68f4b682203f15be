/* Says in plain words why a security key was not taken. */
(function () {
  "use strict";
  const REASONS = {
    InvalidStateError: "这个密钥已经添加过了。",
    NotAllowedError: "没有验证成功：可能已取消、超时，或这个密钥没有登记过。请重试。",
    SecurityError: "安全密钥只能在以 https 打开、用域名访问的网站上使用。",
  };

  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    const reason = window.isSecureContext ? event.detail.exception.name : "SecurityError";
    const place = document.querySelector("[data-key-error]");
    place.firstElementChild.textContent = REASONS[reason] || "浏览器没有完成安全密钥验证，请重试。";
    place.hidden = false;
  });
})();

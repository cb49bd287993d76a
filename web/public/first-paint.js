/* Runs before the first paint, so that a dark room stays dark and the page says its language. */
(function () {
  var scheme = "auto";
  var language = "";
  try {
    scheme = localStorage.getItem("patchbay.scheme") || "auto";
    language = localStorage.getItem("patchbay.language") || "";
  } catch {
    /* Storage is closed to this page: the system's scheme and English it is. */
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
  if (language === "cy" || language === "en") document.documentElement.lang = language;
})();

/** Two catalogues, so that the staff's and the caller's words can be worked on apart. */
const service = ["src/screens/caller", "src/screens/supervisor", "src/screens/cases", "src/phone"];

export default {
  sourceLocale: "en",
  locales: ["en", "cy"],
  fallbackLocales: { default: "en" },
  format: "po",
  formatOptions: { lineNumbers: false, origins: false },
  orderBy: "message",
  catalogs: [
    {
      path: "<rootDir>/src/i18n/locales/{locale}/desk",
      include: ["src"],
      exclude: [...service, "src/**/*.test.*"],
    },
    { path: "<rootDir>/src/i18n/locales/{locale}/service", include: service, exclude: ["src/**/*.test.*"] },
  ],
};

/** Two catalogues, so that the staff's and the caller's words can be worked on apart. */
const locales = process.env.CATALOGUES ?? "<rootDir>/src/i18n/locales";
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
      path: `${locales}/{locale}/desk`,
      include: ["src"],
      exclude: [...service.map((folder) => `${folder}/**`), "src/**/*.test.*"],
    },
    { path: `${locales}/{locale}/service`, include: service, exclude: ["src/**/*.test.*"] },
  ],
};

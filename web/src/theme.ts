import { Button, createTheme, type CSSVariablesResolver, localStorageColorSchemeManager, type MantineColorsTuple } from "@mantine/core";

const signal: MantineColorsTuple = [
  "#e7eefc", "#cfdcf9", "#b9cbf5", "#92b1ff", "#6f96ff", "#3d6be6", "#2353cf", "#1c45b0", "#173a94", "#10233f",
];

const dark: MantineColorsTuple = [
  "#e9edf2", "#b6c0cb", "#909ca9", "#6d7986", "#4a5663", "#242c36", "#10141a", "#151a21", "#10141a", "#0b0e12",
];

export const theme = createTheme({
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: "ui-monospace, monospace",
  colors: { signal, dark },
  primaryColor: "signal",
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: 6,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // Text may grow in translation: a button then takes a second line instead of cutting it.
    Button: Button.extend({
      defaultProps: { size: "xs" },
      styles: { root: { fontWeight: 500, height: "auto", minHeight: "var(--button-height)", paddingBlock: 4 }, label: { whiteSpace: "normal", lineHeight: 1.3, textAlign: "center" } },
    }),
  },
});

/** Shared with `first-paint.js`. */
export const schemeManager = localStorageColorSchemeManager({ key: "patchbay.scheme" });

/** Mantine's own surfaces follow our tokens, so that its menus and inputs match without overrides. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-3)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line-2)",
    "--mantine-color-error": "var(--bad-ink)",
  };
  return { variables: {}, light: shared, dark: shared };
};

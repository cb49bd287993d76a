import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useDeferredValue, useState } from "react";

/** A field above a list that keeps what contains its words. */
export function useFilter(label: string): { field: ReactNode; matches: (text: string) => boolean } {
  const [typed, setTyped] = useState("");
  const words = useDeferredValue(typed).trim().toLowerCase().split(/\s+/).filter((word) => word !== "");
  return {
    field: (
      <div className="set-find">
        <TextInput size="xs" aria-label={label} placeholder={label} leftSection={<IconSearch size={13} stroke={1.8} aria-hidden />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      </div>
    ),
    matches: (text) => words.every((word) => text.toLowerCase().includes(word)),
  };
}

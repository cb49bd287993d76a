import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useDeferredValue, useState } from "react";
import type { ContactView } from "../../api/types";
import { Avatar } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { useCustomerSearch } from "../../desk/queries";

/** Finds a customer by hand. While it still rings one may look, but not choose. */
export function FindCustomer({ contact }: { contact: ContactView | null }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const found = useCustomerSearch(useDeferredValue(text));
  return (
    <div className="find">
      <TextInput size="xs" autoFocus aria-label={t`Name or account`} placeholder={t`Name or account`} leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />} value={text} onChange={(e) => setText(e.currentTarget.value)} />
      <ul>
        {(found.data ?? []).slice(0, 6).map((c) => (
          <li key={c.customer_id}>
            <button type="button" className="find-i" disabled={contact === null} onClick={() => contact !== null && void attempt(() => commands.chooseCustomer(contact.contact_id, { customer_id: c.customer_id, new: null }))}>
              <Avatar initials={c.initials} size={28} />
              <span className="col grow"><span className="cut b5">{c.name}</span><span className="cut t12 i3 num">{[c.account, c.place].filter((p) => p !== null).join(", ")}</span></span>
            </button>
          </li>
        ))}
      </ul>
      {found.isSuccess && found.data.length === 0 && <p className="t12 i3"><Trans>Nobody by that name or account.</Trans></p>}
      {contact === null && <p className="t12 i3"><Trans>You can choose once you have answered.</Trans></p>}
    </div>
  );
}

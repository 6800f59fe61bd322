// Keeps what is typed into a form of the admin in this browser, until it is saved: a session that ends meanwhile
// loses nothing. Signing out, another account and twelve hours delete it.
(() => {
  const PREFIX = "admin-text:";
  const LIFETIME = 12 * 3600 * 1000;
  const FORMS = "form[data-keep-text], #tool_form, #fact_form, #reviewer_form, #issue_form";
  const { user } = document.currentScript.dataset;
  const mine = `${PREFIX}${user}:`;
  const key = mine + location.pathname;
  // The page whose form was sent, if this one answers it.
  const sender = document.referrer && mine + new URL(document.referrer).pathname;

  const read = (name) => {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  };
  const write = (entry) => {
    try { localStorage.setItem(key, JSON.stringify(entry)); } catch { /* full, or not allowed */ }
  };
  const remove = (isUnwanted) => {
    try {
      Object.keys(localStorage)
        .filter((name) => name.startsWith(PREFIX) && isUnwanted(name))
        .forEach((name) => localStorage.removeItem(name));
    } catch { /* not allowed */ }
  };
  const isOld = (name) => Date.now() - Date.parse(read(name)?.at ?? 0) > LIFETIME;

  const plain = (text) => text.replaceAll("\r\n", "\n");
  const shown = (field) => field.options
    ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? ""
    : plain(field.defaultValue);
  const isKept = (field) => field.name && !field.readOnly
    && (field.matches("textarea, select:not([multiple])") || /^(text|number|date|url|datetime-local)$/.test(field.type));
  const keptFields = (form) => [...form.elements].filter(isKept);

  const timeOf = (entry) => {
    const at = new Date(entry.at).toISOString();
    const isToday = at.slice(0, 10) === new Date().toISOString().slice(0, 10);
    return `${isToday ? "" : `${at.slice(0, 10)}, `}${at.slice(11, 16)} UTC`;
  };

  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  const restore = (form, entry) => {
    for (const field of keptFields(form)) {
      if (!(field.name in entry.fields)) continue;
      field.value = entry.fields[field.name];
      field.closest("details")?.setAttribute("open", "");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const offer = (form, entry) => {
    const bar = document.createElement("p");
    bar.className = "admin-kept";
    bar.setAttribute("role", "status");
    bar.append(
      `You have text that was not saved, from ${timeOf(entry)}. `,
      button("Restore it", () => { restore(form, entry); bar.remove(); }), " ",
      button("Discard it", () => { remove((name) => name === key); bar.remove(); }),
    );
    form.prepend(bar);
  };

  const watch = (form) => {
    form.addEventListener("input", () => {
      const fields = { ...read(key)?.fields };
      for (const field of keptFields(form)) {
        if (plain(field.value) !== shown(field)) fields[field.name] = field.value;
        else delete fields[field.name];
      }
      write({ at: new Date().toISOString(), isSent: false, fields });
    });
    form.addEventListener("submit", () => {
      const entry = read(key);
      if (entry) write({ ...entry, isSent: true });
    });
  };

  const start = () => {
    document.addEventListener("submit", ({ target }) => {
      if (/\/(logout|sign-out-everywhere)\/$/.test(target.action)) remove(() => true);
    });
    remove(isOld);
    if (!user) return; // The sign-in page: the text waits for the account that typed it.
    remove((name) => !name.startsWith(mine));
    if (document.querySelector(".messagelist .success")) remove((name) => name === sender && read(name)?.isSent);
    const form = document.querySelector(FORMS);
    if (!form) return;
    const entry = read(key);
    const differs = (field) => field.name in (entry?.fields ?? {}) && plain(entry.fields[field.name]) !== shown(field);
    if (entry && keptFields(form).some(differs)) offer(form, entry);
    else if (entry && !document.querySelector(".errornote, .errorlist")) remove((name) => name === key);
    watch(form);
  };

  start();
})();

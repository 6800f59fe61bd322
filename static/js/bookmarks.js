// The drawer: opened by the link in the header, and loaded each time it opens and after an undo.
(() => {
  const drawer = document.getElementById("bookmarks");
  const content = document.getElementById("bookmarks-content");
  const failed = drawer.querySelector("[data-failed]");
  const loading = content.innerHTML;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens-drawer]");
    const opensElsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
    // The page of the bookmarks shows the list already.
    if (!link || opensElsewhere || document.getElementById("bookmark-list")) return;
    event.preventDefault();
    content.innerHTML = loading;
    failed.hidden = true;
    drawer.showModal();
    htmx.trigger(content, "read-bookmarks");
  });

  // Do not swap an error page into the drawer.
  content.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement !== content || !(ctx.response?.status >= 400)) return;
    event.preventDefault();
    fail();
  });
  content.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement === content) fail();
  });

  function fail() {
    content.replaceChildren();
    failed.hidden = false;
  }

  const readLists = () => {
    const page = document.getElementById("bookmark-list");
    if (page) htmx.trigger(page, "read-bookmarks");
    else if (drawer.open) htmx.trigger(content, "read-bookmarks");
  };
  document.addEventListener("bookmarks-changed", readLists);

  const readAgain = () => {
    htmx.trigger(document.body, "read-own-bookmarks");
    readLists();
  };
  // The other tabs show the same bookmarks.
  const tabs = new BroadcastChannel("bookmarks");
  document.addEventListener("bookmarks-stored", () => tabs.postMessage("stored"));
  tabs.addEventListener("message", readAgain);
  // A page that the Back button brings back shows them as they were.
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) readAgain(); });
})();

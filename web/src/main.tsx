/** Two apps in one: what employees use, and the small page where customers book. Each fetches only its own. */

// A page older than the server's assets fetches itself anew, once.
window.addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("fengling.reloaded") === "1") return;
  event.preventDefault();
  sessionStorage.setItem("fengling.reloaded", "1");
  location.reload();
});
setTimeout(() => {
  sessionStorage.removeItem("fengling.reloaded");
}, 10_000);

const root = document.getElementById("root");
const token = /^\/booking\/([^/]+)\/?$/.exec(location.pathname)?.[1];
if (root && token) await (await import("./features/booking/start.tsx")).start(root, token);
else if (root) await (await import("./app/start.tsx")).start(root);

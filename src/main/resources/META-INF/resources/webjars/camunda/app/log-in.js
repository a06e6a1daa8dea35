// Camunda's own form is not in use: all pages have one log-in, which leads back to this address.
const FORM = /^#!?\/login/;

const leave = hash =>
  location.replace('/login?to=' + encodeURIComponent(location.pathname + location.search + hash));

addEventListener('hashchange', change => {
  if (FORM.test(location.hash)) {
    leave(new URL(change.oldURL).hash);
  }
});

if (FORM.test(location.hash)) {
  leave('');
}

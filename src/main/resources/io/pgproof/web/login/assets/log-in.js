// The server does not see the part of the address after '#', which leads to a place in Cockpit or Tasklist.
const to = document.querySelector('input[name=to]');
if (location.hash && !to.value.includes('#')) {
  to.value += location.hash;
  const provider = document.getElementById('provider');
  if (provider) {
    provider.href += encodeURIComponent(location.hash);
  }
}

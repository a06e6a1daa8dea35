// After the log-in the server chooses the page that is of use for the person's groups.
addEventListener('hashchange', change => {
  if (change.oldURL.endsWith('#!/login')) {
    location.replace('/');
  }
});

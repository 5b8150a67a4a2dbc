// Courtesies only: every page works without this file, and the server is the one that refuses a second submit.
import 'bootstrap-italia/dist/plugins/navbar-collapsible.js'
import 'bootstrap-italia/dist/plugins/track-focus.js'

document.querySelector('[data-error-summary]')?.focus()

// A slow answer invites a second press. The button is disabled after the browser has read the form, or its own
// name and value would be lost; it comes back when the page is shown again from the history.
document.addEventListener('submit', ({target, submitter}) => {
  if (target.method === 'post' && submitter) setTimeout(() => { submitter.disabled = true })
})
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form[method="post"] button:disabled')) button.disabled = false
})

// The browser's own menu prints too; a button for it is there only where the script is.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}

// Courtesies only: every page works without this file, and the server is the one that refuses a second submit.
import 'bootstrap-italia/dist/plugins/navbar-collapsible.js'
import 'bootstrap-italia/dist/plugins/track-focus.js'

document.querySelector('[data-error-summary]')?.focus()

// An open part of the menu closes when one goes on elsewhere, or with Escape, which gives the focus back.
const close = gone => document.querySelectorAll('.menu-group[open]').forEach(group => { if (gone(group)) group.open = false })
for (const kind of ['click', 'focusin']) document.addEventListener(kind, ({target}) => close(group => !group.contains(target)))
document.addEventListener('keydown', ({key}) => {
  if (key === 'Escape') close(group => group.contains(document.activeElement) && (group.firstElementChild.focus(), true))
})

// A slow answer invites a second press. The button is disabled after the browser has read the form, or its own
// name and value would be lost; it comes back when the page is shown again from the history.
document.addEventListener('submit', ({target, submitter}) => {
  if (target.method === 'post' && submitter) setTimeout(() => { submitter.disabled = true })
})
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form[method="post"] button:disabled')) button.disabled = false
})

// Hours that were written without coverage wait on this device (hours.js). Whoever signs out loses them, so he is asked; and the page
// with his shifts that the device kept (worker.js) is thrown away.
document.addEventListener('submit', event => {
  const {waiting} = event.target.dataset
  if (!waiting) return
  if (Number(localStorage.getItem('hours-waiting'))) {
    if (!confirm(waiting)) return event.preventDefault()
    localStorage.removeItem('hours-waiting')
    indexedDB.deleteDatabase('hours')
  }
  window.caches?.delete('hours-page')
}, true)

// A part of a page that changes by itself, such as the code for check-in: fetched again, and put in the place of the old one.
for (const {dataset} of document.querySelectorAll('[data-refresh]')) {
  setInterval(async () => {
    const answer = await fetch(location.href).catch(() => null)
    if (!answer?.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-refresh]')
    if (fresh) document.querySelector('[data-refresh]').replaceWith(fresh)
  }, dataset.refresh * 1000)
}

// The browser's own menu prints too; a button for it is there only where the script is.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}

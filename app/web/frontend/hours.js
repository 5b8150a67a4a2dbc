// Hours that are written without coverage wait on this device, each under a form key of its own, and are sent when the network is
// back. The key makes it one entry however often it is sent: see base/once.py. The server reads and judges them like any others.
const PAGE = '/ore/senza-rete'
const box = document.querySelector('[data-queue]')
const form = document.querySelector('[data-offline-form]')
const person = box.dataset.person

const store = () => new Promise((yes, no) => {
  const opening = indexedDB.open('hours', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('entries', {keyPath: 'key'})
  opening.onsuccess = () => yes(opening.result)
  opening.onerror = () => no(opening.error)
})

async function entries(mode, act) {
  const database = await store()
  try {
    return await new Promise((yes, no) => {
      const work = database.transaction('entries', mode)
      const asked = act(work.objectStore('entries'))
      work.oncomplete = () => yes(asked.result)
      work.onabort = work.onerror = () => no(work.error)
    })
  } finally { database.close() }
}
const all = () => entries('readonly', kept => kept.getAll())
const keep = entry => entries('readwrite', kept => kept.put(entry))
const drop = key => entries('readwrite', kept => kept.delete(key))

// Somebody else's entries on the same device are neither shown nor sent. They wait for him, or for the end of a sign-in.
const mine = async () => (await all()).filter(entry => entry.person === person).sort((a, b) => a.at.localeCompare(b.at))

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

async function draw() {
  const rows = await mine()
  localStorage.setItem('hours-waiting', (await all()).length)        // app.js asks before a sign-out
  box.hidden = !rows.length
  box.querySelector('ul').replaceChildren(...rows.map(row))
}

function row(entry) {
  const item = box.querySelector('template').content.firstElementChild.cloneNode(true)
  const {day, start, end, break_min: pause} = entry.fields
  item.querySelector('[data-what]').textContent = `${entry.title}: ${day}, ${start}–${end}`
  item.querySelector('[data-pause]').textContent = pause
  item.querySelector('[data-waiting]').hidden = Boolean(entry.why)
  item.querySelector('[data-refused]').hidden = !entry.why
  item.querySelector('[data-why]').replaceChildren(...(entry.why || []).map(text => {
    const line = document.createElement('li')
    line.textContent = text
    return line
  }))
  item.querySelector('[data-drop]').onclick = async () => {
    if (!confirm(box.dataset.ask)) return
    await drop(entry.key)
    await draw()
  }
  const again = item.querySelector('[data-again]')
  again.hidden = !entry.why
  again.onclick = () => {
    if (!form) return location.assign(`${PAGE}#${entry.key}`)
    fill(entry)
  }
  return item
}

function fill(entry) {
  for (const [name, value] of Object.entries(entry.fields)) if (form.elements[name]) form.elements[name].value = value
  form.elements.booking.value = entry.booking
  form.dataset.replaces = entry.key
  form.querySelector('[name=day]').focus()
}

// "Ieri" is another day by the time it is sent.
const NEAR = {oggi: 0, today: 0, ieri: -1, yesterday: -1}
function dated(words) {
  const days = NEAR[words.trim().toLowerCase()]
  if (days === undefined) return words
  const day = new Date()
  day.setDate(day.getDate() + days)
  return `${day.getDate()}/${day.getMonth() + 1}/${day.getFullYear()}`
}

// What was sent and refused keeps its key only while nothing is known of it: a corrected one is another form, so another key.
async function save(event) {
  event.preventDefault()
  const {booking, ...fields} = Object.fromEntries(new FormData(form))
  fields.day = dated(fields.day)
  const title = form.elements.booking.selectedOptions[0].textContent.trim()
  await keep({key: newKey(), person, booking, title, fields, at: new Date().toISOString()})
  if (form.dataset.replaces) await drop(form.dataset.replaces)
  delete form.dataset.replaces
  form.reset()
  await draw()
  say('kept')
  await send()
}

const say = what => { for (const text of box.parentElement.querySelectorAll('[data-say]')) text.hidden = text.dataset.say !== what }

// One window at a time, and the server is asked first who is signed in: a queue goes only out under its own person.
const send = () => navigator.locks.request('hours-send', async () => {
  const waiting = (await mine()).filter(entry => !entry.why)
  if (!waiting.length) return
  try {
    const state = await fetch(`${PAGE}/stato`, {headers: {Accept: 'application/json'}})
    if (state.redirected || !state.ok) return say('sign-in')
    const {person: signedIn, csrf_token} = await state.json()
    if (signedIn !== person) return say('sign-in')
    for (const entry of waiting) {
      const body = new URLSearchParams({...entry.fields, senza_rete: '1', form_key: entry.key, csrf_token})
      const answer = await fetch(`/ore/${entry.booking}/invia`, {method: 'POST', body})
      if (answer.status >= 500 || answer.status === 401 || answer.status === 429) return
      if (answer.redirected && answer.ok) await drop(entry.key)
      else await keep({...entry, why: reasons(await answer.text())})
    }
    say('sent')
  } catch { /* no network after all: they wait on */ } finally { await draw() }
})

// The page of a refusal is the one that a person would see; its error summary says why.
function reasons(html) {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const lines = [...page.querySelectorAll('.error-summary li')].map(line => line.textContent.trim())
  return lines.length ? lines : [page.querySelector('main h1')?.textContent.trim() || box.dataset.unknown]
}

async function start() {
  if (form) {
    form.hidden = false
    form.addEventListener('submit', save)
    const asked = location.pathname.match(/^\/ore\/(\d+)/)       // another page of ours, and this one stands in for it
    if (asked && form.querySelector(`option[value="${asked[1]}"]`)) form.elements.booking.value = asked[1]
    const entry = (await mine()).find(({key}) => key === location.hash.slice(1))
    if (entry) fill(entry)
  }
  await draw()
  await send()
  window.addEventListener('online', send)
  window.addEventListener('storage', ({key}) => { if (key === 'hours-waiting') draw() })         // written by another window's draw()
  setInterval(send, 60_000)
}

// The page is kept anew whenever there is a network; who walks on before that is done keeps the older one.
async function prepare() {
  if (!('serviceWorker' in navigator) || !navigator.onLine) return
  await navigator.serviceWorker.register('/ore/worker.js', {scope: '/ore/'})
  if (!form) await caches.open('hours-page').then(kept => kept.add(PAGE))
}

start()
prepare().catch(() => {})

// The service worker of /ore/ and of nothing else: it opens the page for logging hours where there is no coverage. It keeps the
// files of that page, and the page itself as it was drawn last; it never answers for a page that the network can give, and it
// sends nothing: that is hours.js, in sight of the person. build.mjs fills in VERSION and FILES.
const PAGE = '/ore/senza-rete'
const KEPT_FILES = `hours-files-${VERSION}`
const KEPT_PAGE = 'hours-page'
const PATIENCE = 8000 // ms: a network that says nothing for so long is none

self.addEventListener('install', event => {
  event.waitUntil(caches.open(KEPT_FILES).then(kept => kept.addAll(FILES)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('hours-files-') && name !== KEPT_FILES) await caches.delete(name)
    await self.clients.claim()
  })())
})

self.addEventListener('fetch', event => {
  const {request} = event
  const {origin, pathname} = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request, pathname))
  else if (FILES.includes(pathname)) event.respondWith(caches.match(pathname).then(kept => kept || fetch(request)))
})

async function page(request, pathname) {
  try {
    const late = new Promise((_, no) => setTimeout(no, PATIENCE, new Error('no answer')))
    const answer = await Promise.race([fetch(request), late])
    if (pathname === PAGE && answer.ok && answer.type === 'basic' && !answer.redirected) {
      await caches.open(KEPT_PAGE).then(kept => kept.put(PAGE, answer.clone()))
    }
    return answer
  } catch (error) {
    const kept = await caches.match(PAGE, {cacheName: KEPT_PAGE})
    if (kept) return kept
    throw error
  }
}

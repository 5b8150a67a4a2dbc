// Builds app/web/static/ from this folder and bootstrap-italia: node app/web/frontend/build.mjs, from the top level.
// Every file carries a hash of its bytes in its name, so that browsers may keep it for ever; manifest.json maps
// "app.css" to "app.3fa9c1d2.css" for asset_url(). Text files get .br and .gz beside them for WhiteNoise.
import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, extname, join} from 'node:path'
import {brotliCompressSync, gzipSync} from 'node:zlib'
import {build} from 'esbuild'
import {PurgeCSS} from 'purgecss'

const HERE = import.meta.dirname
const STATIC = join(HERE, '../static')
const PAGES = readdirSync('app', {recursive: true})
  .filter(name => /\.(html|py)$/.test(name)).map(name => join('app', name))
const SPRITE = 'node_modules/bootstrap-italia/dist/svg/sprites.svg'
// What no page names: classes that the script adds, and the types of fields that WTForms writes.
const ADDED_LATER = `show fade active expanded is-invalid
  radio checkbox text search email tel url number date time datetime-local password file`

const NOTICE = '/*! With Bootstrap Italia, (c) its contributors, BSD-3-Clause; fonts: OFL and Apache-2.0 */\n'

const manifest = {}

function emit(name, bytes, {hashed = true} = {}) {
  const extension = extname(name)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  const file = hashed ? `${basename(name, extension)}.${hash}${extension}` : name
  const path = join(STATIC, file)
  writeFileSync(path, bytes)
  if (!['.woff2', '.png'].includes(extension)) { // these are compressed already
    writeFileSync(`${path}.br`, brotliCompressSync(bytes))
    writeFileSync(`${path}.gz`, gzipSync(bytes, {level: 9}))
  }
  if (hashed) manifest[name] = file
  return file
}

// The plugins start themselves when loaded, though their package says they do nothing: hence ignoreAnnotations.
async function script(name, notice = '', define = {}, options = {}) {
  const {outputFiles: [js]} = await build({
    entryPoints: [join(HERE, name)], bundle: true, minify: true, write: false, format: 'iife', target: 'es2021',
    legalComments: 'none', ignoreAnnotations: true, define,
  })
  emit(name, Buffer.from(notice + js.text), options)
  return js.text
}

// The page that works without coverage is kept with these files; a change in one of them makes another worker.
async function worker() {
  const files = ['app.css', 'app.js', 'hours.js', 'icons.svg', 'favicon.svg', 'titillium-web-v10-latin-ext_latin-regular.woff2',
    'titillium-web-v10-latin-ext_latin-600.woff2'].map(name => `/static/${manifest[name]}`)
  const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 8)
  await script('worker.js', '', {FILES: JSON.stringify(files), VERSION: JSON.stringify(version)}, {hashed: false}) // /ore/worker.js: see assets.py
}

// The fonts first: the style sheet names their hashed files. Then only the rules that a page can meet are kept.
async function styles(js) {
  const fonts = {name: 'fonts', setup({onResolve}) {
    onResolve({filter: /\.woff2$/}, ({path}) => ({
      path: emit(basename(path), readFileSync(join('node_modules', path))), external: true,
    }))
  }}
  const options = {bundle: true, minify: true, write: false, legalComments: 'none', outdir: STATIC}
  const {outputFiles: [whole]} = await build({...options, entryPoints: [join(HERE, 'site.css')], plugins: [fonts]})
  const [purged] = await new PurgeCSS().purge({
    css: [{raw: whole.text}], content: [...PAGES, {raw: js + ADDED_LATER, extension: 'js'}],
    variables: true, fontFace: true, keyframes: true,
  })
  emit('app.css', Buffer.from(NOTICE + purged.css))
}

// One sprite with the symbols that pages name. icon('it-…') must exist; any other quoted 'it-…' may be a class.
function icons() {
  const symbols = new Map([SPRITE, join(HERE, 'images/logo.svg')].flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(/<symbol id="([^"]+)".*?<\/symbol>/gs)].map(([text, id]) => [id, text])))
  const pages = PAGES.map(file => readFileSync(file, 'utf8')).join('\n')
  const called = [...pages.matchAll(/\bicon\(\s*["'](it-[\w-]+)/g)].map(match => match[1])
  const unknown = called.filter(name => !symbols.has(name))
  if (unknown.length) throw new Error(`No such icon in bootstrap-italia: ${[...new Set(unknown)].join(', ')}`)
  const quoted = [...pages.matchAll(/["'#](it-[\w-]+|logo)(?=["'])/g)].map(match => match[1])
  const used = [...new Set(quoted)].filter(name => symbols.has(name)).sort()
  const sprite = used.map(name => symbols.get(name)).join('')
  emit('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${sprite}</svg>`)
}

// Leaflet, for the one page that needs it. Its classes stand in its script, so nothing is cut away.
async function mapAssets() {
  const {outputFiles} = await build({
    entryPoints: [join(HERE, 'map.js'), join(HERE, 'map.css')], bundle: true, minify: true, write: false, format: 'iife', target: 'es2020',
    legalComments: 'none', loader: {'.png': 'dataurl'}, outdir: STATIC,
  })
  for (const {path, text} of outputFiles) {
    emit(basename(path), Buffer.from('/*! With Leaflet, (c) its contributors, BSD-2-Clause */\n' + text))
  }
}

rmSync(STATIC, {recursive: true, force: true})
mkdirSync(STATIC, {recursive: true})
await styles(await script('app.js', NOTICE) + await script('hours.js'))
icons()
await mapAssets()
emit('share.png', readFileSync(join(HERE, 'images/share.png')))
emit('favicon.svg', readFileSync(join(HERE, 'images/favicon.svg')))
emit('favicon.ico', readFileSync(join(HERE, 'images/favicon.ico')), {hashed: false}) // browsers ask for this very name
await worker()
writeFileSync(join(STATIC, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n')

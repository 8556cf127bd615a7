// Looks at a page in headless Chromium, at three widths and in both schemes, and prints
// what is wrong with it as JSON lines; nothing for a page that is right.
//
//   node look.mjs MODULES CHROMIUM FILE PICTURES
//
// MODULES has puppeteer-core and axe-core; the pictures of what it saw go to PICTURES.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [modules, chromium, file, pictures] = process.argv.slice(2)
const require = createRequire(modules + '/x.js')
const puppeteer = require('puppeteer-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const address = pathToFileURL(file).href
const wrong = (what, where, more) => console.log(JSON.stringify({ what, where, more }))

const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] })
try {
  for (const scheme of ['light', 'dark']) {
    for (const width of [360, 1024, 1600]) {
      await look(width, scheme)
    }
  }
  await walk()
} finally {
  await browser.close()
}

// open opens the page, and says what it writes to the console and asks the network for.
async function open(width, scheme) {
  const where = width + ' ' + scheme
  const page = await browser.newPage()
  page.on('console', m => wrong('console', where, m.text()))
  page.on('pageerror', e => wrong('error', where, String(e)))
  page.on('request', r => { if (r.url() !== address) wrong('request', where, r.url()) })
  await page.setViewport({ width, height: 900 })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.goto(address)
  return page
}

// look asks axe what is wrong with the page, as it opens and with all details open.
async function look(width, scheme) {
  const where = width + ' ' + scheme
  const page = await open(width, scheme)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  if (wide > width) wrong('wider than its window', where, wide)
  const cut = await page.evaluate(() => [...document.querySelectorAll('svg text')].filter(t => t.getBBox().x < 0 || t.getBBox().x + t.getBBox().width > t.ownerSVGElement.viewBox.baseVal.width).map(t => t.textContent))
  if (cut.length > 0) wrong('cut off in a chart', where, cut)
  await page.screenshot({ path: `${pictures}/${width}-${scheme}.png`, fullPage: true })
  const client = await page.createCDPSession()
  await client.send('Page.setBypassCSP', { enabled: true }) // for axe, which is a script
  await page.reload()
  await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true }))
  await page.evaluate(axe)
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }))
  for (const v of found.violations) wrong('axe: ' + v.id, where, v.nodes.slice(0, 3).map(n => n.html + ' ' + (n.failureSummary ?? '')))
  if (found.passes.length < 10) wrong('axe has looked at little', where, found.passes.length)
  await page.close()
}

// walk goes through the page with the tab key: the way past the header comes first, what
// has the focus is seen, and the order is that of the page.
async function walk() {
  const page = await open(1024, 'light')
  let last = -1
  const stops = await page.evaluate(() => document.querySelectorAll('a[href], summary').length)
  for (let i = 0; i < Math.min(stops, 60); i++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect()
      return {
        name: e.textContent, order: [...document.querySelectorAll('*')].indexOf(e),
        seen: style.outlineStyle !== 'none' && box.width > 0 && box.left >= 0 && box.top >= 0 && box.bottom <= innerHeight + 1,
      }
    })
    if (i === 0 && !at.name.startsWith('Skip to')) wrong('the first stop', 'tab', at.name)
    if (at.order <= last) wrong('tab order', 'tab', at.name)
    if (!at.seen) wrong('the focus is not seen', 'tab', at.name)
    last = at.order
  }
  const landmarks = await page.evaluate(() => ['header', 'nav[aria-label]', 'main', 'footer', 'h1', 'html[lang]'].filter(s => document.querySelectorAll(s).length !== 1))
  if (landmarks.length > 0) wrong('landmarks', 'page', landmarks)
  const levels = await page.evaluate(() => [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1])))
  levels.forEach((level, i) => { if (i > 0 && level > levels[i - 1] + 1) wrong('a level of headings is left out', 'page', i) })
  const bare = await page.evaluate(() => [...document.querySelectorAll('table')].filter(t => !t.caption || t.querySelector('th:not([scope])')).length)
  if (bare > 0) wrong('tables without a caption or a scope', 'page', bare)
  await page.close()
}

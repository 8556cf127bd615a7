// Takes a picture of what a page shows first in headless Chromium.
//
//   node shot.mjs MODULES CHROMIUM FILE PICTURE SCHEME WIDTH HEIGHT
//
// MODULES has puppeteer-core; SCHEME is light or dark.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [modules, chromium, file, picture, scheme, width, height] = process.argv.slice(2)
const puppeteer = createRequire(modules + '/x.js')('puppeteer-core')
const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage()
  await page.setViewport({ width: Number(width), height: Number(height) })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.goto(pathToFileURL(file).href)
  await page.screenshot({ path: picture })
} finally {
  await browser.close()
}

// The DCC's makers and verifiers: one question as JSON on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { DataIntegrityProof } from '@digitalcredentials/data-integrity'
import * as Ed25519Multikey from '@digitalcredentials/ed25519-multikey'
import { cryptosuite } from '@digitalcredentials/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalcredentials/vc'
import * as core from '@digitalcredentials/verifier-core'

const say = console.log
console.log = console.error // the verifier reports trouble on stdout

// No network: everything there is to know is in the question.
const among = documents => async url => {
  if (!(url in documents)) throw new Error(`not in the question: ${url}`)
  return { contextUrl: null, documentUrl: url, document: documents[url] }
}
const serve = pages => {
  globalThis.fetch = async request => {
    const url = String(request.url ?? request)
    if (!(url in pages)) throw new TypeError(`not in the question: ${url}`)
    return new Response(JSON.stringify(pages[url]), { headers: { 'content-type': 'application/json' } })
  }
}

async function makeSuite({ controller }) {
  const key = await Ed25519Multikey.generate({ controller, id: `${controller}#key` })
  const { publicKeyMultibase } = await key.export({ publicKey: true })
  return { suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite }), multikey: publicKeyMultibase }
}

async function issue({ credential, documents, ...about }) {
  const { suite, multikey } = await makeSuite(about)
  return { proven: await vc.issue({ credential, suite, documentLoader: among(documents) }), multikey }
}

async function present({ presentation, challenge, domain, documents, ...about }) {
  const { suite, multikey } = await makeSuite(about)
  const documentLoader = among(documents)
  return { proven: await vc.signPresentation({ presentation, suite, challenge, domain, documentLoader }), multikey }
}

async function verify({ credential, documents, now }) {
  const suite = new DataIntegrityProof({ cryptosuite })
  const checkStatus = async () => ({ verified: true })
  const about = { suite, checkStatus, documentLoader: among(documents), now: new Date(now) }
  const { verified } = await vc.verifyCredential({ credential, ...about })
  return { verified }
}

async function check({ credential, pages, registries }) {
  serve(pages)
  const told = await core.verifyCredential({ credential, knownDIDRegistries: registries })
  return { log: Object.fromEntries((told.log ?? []).map(({ id, valid }) => [id, valid])), errors: told.errors ?? [] }
}

const { ask, ...rest } = JSON.parse(readFileSync(0, 'utf8'))
try {
  say(JSON.stringify(await { issue, present, verify, check }[ask](rest)))
} catch (error) {
  say(JSON.stringify({ refused: String(error) }))
}

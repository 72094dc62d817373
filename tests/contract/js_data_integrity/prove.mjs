// An independent maker and reader of embedded proofs: one question as JSON on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey'
import { cryptosuite as ecdsa } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite'
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
import { cryptosuite as eddsa } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'

const suites = { [ecdsa.name]: ecdsa, [eddsa.name]: eddsa }

// No network: everything there is to know is in the question.
const among = documents => async url => {
  if (!(url in documents)) throw new Error(`not in the question: ${url}`)
  return { contextUrl: null, documentUrl: url, document: documents[url] }
}

async function makeSuite({ cryptosuite, curve, controller }) {
  const about = { controller, id: `${controller}#key` }
  const key = curve ? await EcdsaMultikey.generate({ curve, ...about }) : await Ed25519Multikey.generate(about)
  const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite: suites[cryptosuite] })
  const { publicKeyMultibase } = await key.export({ publicKey: true })
  return { suite, multikey: publicKeyMultibase }
}

async function issue({ credential, documents, ...about }) {
  const { suite, multikey } = await makeSuite(about)
  const proven = await vc.issue({ credential, suite, documentLoader: among(documents) })
  return { proven, multikey }
}

async function present({ presentation, challenge, domain, documents, ...about }) {
  const { suite, multikey } = await makeSuite(about)
  const documentLoader = among(documents)
  const proven = await vc.signPresentation({ presentation, suite, challenge, domain, documentLoader })
  return { proven, multikey }
}

async function verify({ credential, cryptosuite, documents, now }) {
  const suite = new DataIntegrityProof({ cryptosuite: suites[cryptosuite] })
  const checkStatus = async () => ({ verified: true })
  const documentLoader = among(documents)
  const { verified } = await vc.verifyCredential({ credential, suite, checkStatus, documentLoader, now: new Date(now) })
  return { verified }
}

const { ask, ...rest } = JSON.parse(readFileSync(0, 'utf8'))
try {
  console.log(JSON.stringify(await { issue, present, verify }[ask](rest)))
} catch (error) {
  console.log(JSON.stringify({ refused: String(error) }))
}

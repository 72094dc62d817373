// An independent reader and writer of our tokens: one question as JSON on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { CompactSign, calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose'

async function verify({ token, keys, key, issuer, subject, typ, required }) {
  const source = keys ? createLocalJWKSet(keys) : await importJWK(key, 'ES256')
  const options = { algorithms: ['ES256'], issuer, subject, typ, requiredClaims: required }
  const { payload, protectedHeader } = await jwtVerify(token, source, options)
  return { payload, header: protectedHeader }
}

async function sign({ payload, header, issuer }) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const key = await exportJWK(publicKey)
  const thumbprint = await calculateJwkThumbprint(key)
  const full = { ...header, alg: 'ES256', kid: `${issuer}#${thumbprint}` }
  const content = new TextEncoder().encode(payload)
  return { key, thumbprint, token: await new CompactSign(content).setProtectedHeader(full).sign(privateKey) }
}

const { ask, ...rest } = JSON.parse(readFileSync(0, 'utf8'))
try {
  console.log(JSON.stringify(await { verify, sign }[ask](rest)))
} catch (error) {
  console.log(JSON.stringify({ refused: error.code ?? String(error) }))
}

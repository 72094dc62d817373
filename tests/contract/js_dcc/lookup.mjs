// How others' verifiers look an issuer up: one question as JSON on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { RegistryClient } from '@digitalcredentials/issuer-registry-client'
import stable from 'issuer-registry-client-stable'

console.log = console.error // the clients report trouble on stdout

async function lookup({ registries, did }) {
  const client = new RegistryClient()
  client.use({ registries })
  return client.lookupIssuersFor(did)
}

async function load({ registries, did }) {
  const client = new stable.RegistryClient()
  const loaded = await client.load({ config: registries })
  const { name, url, location, inRegistries } = client.didEntry(did) ?? {}
  const where = [...(inRegistries ?? [])].map((registry) => registry.name)
  return { loaded: loaded.map((one) => one.loaded), entry: name && { name, url, location, where } }
}

const { ask, ...rest } = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify((await { lookup, load }[ask](rest)) ?? null))

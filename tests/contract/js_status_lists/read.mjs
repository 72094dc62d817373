// An independent reader and writer of Token Status Lists: one question on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { getListFromStatusListJWT, StatusList } from '@sd-jwt/jwt-status-list'

function read({ token, places }) {
  const list = getListFromStatusListJWT(token)
  return { bits: list.getBitsPerStatus(), values: places.map((place) => list.getStatus(place)) }
}

function write({ bits, values }) {
  return { bits, lst: new StatusList(values, bits).compressStatusList() }
}

const { ask, ...rest } = JSON.parse(readFileSync(0, 'utf8'))
console.log(JSON.stringify({ read, write }[ask](rest)))

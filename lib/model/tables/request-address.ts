/** Where requests for a table go and what all of them contain, as plain data. */

export interface RequestAddress {
  readonly request: {
    readonly method: string
    readonly protocol: string
    readonly hostname: string
    readonly port?: number
    readonly path: string
    readonly query: { readonly [name: string]: string | string[] | null }
    readonly headers: { readonly [name: string]: string }
  }
  readonly signingRegion: string
  readonly signingService: string
}

/** Where a request is sent. */
export interface Target {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
}

export const urlOf = ({ protocol, hostname, port }: Target): string =>
  `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`

/** Adds a header that asks for compressed answers; answers are compressed from some KB on. */
export function compressing(address: RequestAddress): RequestAddress {
  const { request } = address
  return {
    ...address,
    request: { ...request, headers: { ...request.headers, 'accept-encoding': 'gzip' } },
  }
}

/** Where requests for a table go and what stands in all of them, as plain data. */

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

/** Who a request is sent to. */
export interface Target {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
}

export const urlOf = ({ protocol, hostname, port }: Target): string =>
  `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`

/** The same address, with answers asked for that are compressed from some kilobytes on. */
export function compressing(address: RequestAddress): RequestAddress {
  const { request } = address
  return {
    ...address,
    request: { ...request, headers: { ...request.headers, 'accept-encoding': 'gzip' } },
  }
}

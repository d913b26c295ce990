/** A moment as the page names it. */
export const timeText = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`

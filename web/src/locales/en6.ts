/** The desk: what an agent works with. */
export const en6: Record<string, string> = {
};

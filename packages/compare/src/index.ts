/** @since 0.4.0 */
export {}

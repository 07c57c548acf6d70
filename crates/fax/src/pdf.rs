//! A PDF around the T.6 strips of a received fax: nothing is decoded, so a page costs no more than its copy.

use crate::tiff::{FileError, Page};
use std::fmt::Write as _;

struct Writer {
    out: Vec<u8>,
    offsets: Vec<usize>,
}

impl Writer {
    fn object(&mut self, body: &str, stream: Option<&[u8]>) {
        self.offsets.push(self.out.len());
        let number = self.offsets.len();
        self.out.extend_from_slice(format!("{number} 0 obj\n{body}\n").as_bytes());
        if let Some(stream) = stream {
            self.out.extend_from_slice(b"stream\n");
            self.out.extend_from_slice(stream);
            self.out.extend_from_slice(b"\nendstream\n");
        }
        self.out.extend_from_slice(b"endobj\n");
    }

    fn close(mut self) -> Vec<u8> {
        let (at, count) = (self.out.len(), self.offsets.len() + 1);
        let mut tail = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            let _ = writeln!(tail, "{offset:010} 00000 n ");
        }
        let _ = write!(tail, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n");
        self.out.extend_from_slice(tail.as_bytes());
        self.out
    }
}

/// The pages of `tiff` as a PDF of their true size.
///
/// # Errors
/// [`FileError::Coding`] for a page that is not one T.6 strip.
pub fn write(tiff: &[u8], pages: &[Page]) -> Result<Vec<u8>, FileError> {
    let mut pdf = Writer { out: b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec(), offsets: Vec::new() };
    // Three objects a page behind the catalogue and the tree.
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 3 + n * 3)).collect();
    pdf.object("<< /Type /Catalog /Pages 2 0 R >>", None);
    pdf.object(&format!("<< /Type /Pages /Count {} /Kids [ {kids}] >>", pages.len()), None);
    for (n, page) in pages.iter().enumerate() {
        let number = n as u16 + 1;
        let [(offset, length)] = page.strips[..] else { return Err(FileError::Coding { page: number }) };
        let strip = tiff.get(offset..offset + length).filter(|_| page.compression == 4);
        let strip = strip.ok_or(FileError::Coding { page: number })?;
        let turned: Vec<u8>;
        let strip = if page.fill_order == 2 {
            turned = strip.iter().map(|b| b.reverse_bits()).collect();
            &turned
        } else {
            strip
        };
        write_page(&mut pdf, page, strip, 3 + n * 3);
    }
    Ok(pdf.close())
}

fn write_page(pdf: &mut Writer, page: &Page, strip: &[u8], first: usize) {
    let (width, rows) = (page.width, page.rows);
    let points = |pixels: u32, dpi: u32| f64::from(pixels) * 72.0 / f64::from(dpi.max(1));
    let (x, y) = (points(width, page.resolution.0), points(rows, page.resolution.1));
    pdf.object(
        &format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {x:.2} {y:.2} ] /Contents {} 0 R /Resources << /XObject << /F {} 0 R >> >> >>",
            first + 1,
            first + 2
        ),
        None,
    );
    let draw = format!("q {x:.2} 0 0 {y:.2} 0 0 cm /F Do Q");
    pdf.object(&format!("<< /Length {} >>", draw.len()), Some(draw.as_bytes()));
    // Decoded T.6 has white as 1, which is what grey means by white; a TIFF whose zero is black says the opposite.
    let black = page.photometric == 1;
    pdf.object(
        &format!(
            "<< /Type /XObject /Subtype /Image /Width {width} /Height {rows} /ColorSpace /DeviceGray /BitsPerComponent 1 \
             /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {width} /Rows {rows} /BlackIs1 {black} >> /Length {} >>",
            strip.len()
        ),
        Some(strip),
    );
}

//! BERT's encoder: the tokens of texts in, one vector for each text out.
//!
//! The texts of a call lie one after the other in one matrix. What is done to each token by itself, nearly all of the
//! work, is done to all of them at once; only attention goes text by text. So there is nothing to pad and nothing to
//! mask, and a short text beside a long one costs no more than alone.

use candle_core::safetensors::SliceSafetensors;
use candle_core::{CpuStorage, CustomOp1, DType, Device, Layout, Module, Result, Shape, Tensor, bail};
use candle_nn::ops::softmax_last_dim;
use candle_nn::{LayerNorm, Linear};

const CPU: Device = Device::Cpu;

/// What the weights do not tell of themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shaping {
    /// Attention heads; None for those of the models we know of this width.
    pub heads: Option<usize>,
    /// What keeps a normalisation from dividing by zero.
    pub epsilon: f64,
}

/// A model's weights, ready to be used.
pub struct Encoder {
    words: Tensor,
    /// With the embedding of the first (and here only) type of token added.
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
    heads: usize,
}

struct Layer {
    /// Query, key and value in one; the query divided by the root of a head's width.
    attention: Linear,
    attended: Linear,
    attended_norm: LayerNorm,
    widen: Linear,
    narrow: Linear,
    norm: LayerNorm,
}

impl Encoder {
    /// From a file's tensors; others in it (pooler, heads of training) are left alone.
    pub fn read(file: SliceSafetensors<'_>, shaping: Shaping) -> Result<Encoder> {
        let prefix = if file.get("bert.embeddings.word_embeddings.weight").is_ok() { "bert." } else { "" };
        let weights = Weights { file, prefix, epsilon: shaping.epsilon };
        let words = weights.get("embeddings.word_embeddings.weight")?;
        let width = words.dim(1)?;
        // MiniLM's heads are half as wide as those of BERT and what else derives from it.
        let heads = shaping.heads.unwrap_or(width / if width == 384 { 32 } else { 64 });
        if heads == 0 || width % heads != 0 {
            bail!("{heads} attention heads do not divide {width} numbers: num_attention_heads of config.json is wrong");
        }
        let types = weights.get("embeddings.token_type_embeddings.weight")?.narrow(0, 0, 1)?;
        let positions = weights.get("embeddings.position_embeddings.weight")?.broadcast_add(&types)?;
        let norm = weights.norm("embeddings.LayerNorm")?;
        let count =
            (0..).take_while(|number| weights.has(&format!("encoder.layer.{number}.output.dense.weight"))).count();
        if count == 0 {
            bail!("it has no layers: no tensor `encoder.layer.0.output.dense.weight`");
        }
        let layers = (0..count).map(|number| weights.layer(&format!("encoder.layer.{number}"), heads));
        Ok(Encoder { words, positions, norm, layers: layers.collect::<Result<Vec<_>>>()?, heads })
    }

    /// How many tokens it knows.
    pub fn vocabulary(&self) -> usize {
        self.words.dims()[0]
    }

    /// How many numbers its vectors have.
    pub fn dimensions(&self) -> usize {
        self.words.dims()[1]
    }

    /// The longest text it reads, in tokens.
    pub fn longest(&self) -> usize {
        self.positions.dims()[0]
    }

    /// How many attention heads it has.
    pub fn heads(&self) -> usize {
        self.heads
    }

    /// One vector of length 1 for each text: the mean over its tokens. No text may be empty or too long.
    pub fn encode(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>> {
        let tokens = texts.concat();
        let places: Vec<u32> = texts.iter().flat_map(|text| (0..).zip(text).map(|(place, _)| place)).collect();
        let spans: Vec<(usize, usize)> = texts
            .iter()
            .scan(0, |next, text| {
                let start = *next;
                *next += text.len();
                Some((start, text.len()))
            })
            .collect();
        let words = self.words.index_select(&Tensor::new(tokens, &CPU)?, 0)?;
        let positions = self.positions.index_select(&Tensor::new(places, &CPU)?, 0)?;
        let mut state = self.norm.forward(&(words + positions)?)?;
        for layer in &self.layers {
            state = layer.forward(&state, &spans, self.heads)?;
        }
        let means = spans.iter().map(|(start, length)| {
            let mean = state.narrow(0, *start, *length)?.mean(0)?;
            let length = mean.sqr()?.sum_all()?.sqrt()?;
            mean.broadcast_div(&length)?.to_vec1()
        });
        means.collect()
    }
}

impl Layer {
    fn forward(&self, state: &Tensor, spans: &[(usize, usize)], heads: usize) -> Result<Tensor> {
        let asked = self.attention.forward(state)?;
        let attended = spans.iter().map(|(start, length)| attend(&asked.narrow(0, *start, *length)?, heads));
        let attended = Tensor::cat(&attended.collect::<Result<Vec<_>>>()?, 0)?;
        let state = self.attended_norm.forward(&(self.attended.forward(&attended)? + state)?)?;
        let wide = self.widen.forward(&state)?.apply_op1_no_bwd(&Gelu)?;
        self.norm.forward(&(self.narrow.forward(&wide)? + state)?)
    }
}

/// Attention among the tokens of one text: a row of query, key and value for each in, what it attends to out.
fn attend(asked: &Tensor, heads: usize) -> Result<Tensor> {
    let (tokens, three) = asked.dims2()?;
    let by_head = asked.reshape((tokens, 3, heads, three / 3 / heads))?.permute((1, 2, 0, 3))?.contiguous()?;
    let shares = softmax_last_dim(&by_head.get(0)?.matmul(&by_head.get(1)?.t()?)?)?;
    shares.matmul(&by_head.get(2)?)?.transpose(0, 1)?.reshape((tokens, three / 3))
}

/// The tensors of a file by the names that BERT's have.
struct Weights<'a> {
    file: SliceSafetensors<'a>,
    prefix: &'static str,
    epsilon: f64,
}

impl Weights<'_> {
    fn has(&self, name: &str) -> bool {
        self.file.get(&format!("{}{name}", self.prefix)).is_ok()
    }

    fn get(&self, name: &str) -> Result<Tensor> {
        // Files of half the size hold 16 bits a number; computing goes on in 32.
        self.file.load(&format!("{}{name}", self.prefix), &CPU)?.to_dtype(DType::F32)
    }

    fn linear(&self, name: &str) -> Result<Linear> {
        Ok(Linear::new(self.get(&format!("{name}.weight"))?, Some(self.get(&format!("{name}.bias"))?)))
    }

    fn norm(&self, name: &str) -> Result<LayerNorm> {
        let (weight, bias) = (self.get(&format!("{name}.weight"))?, self.get(&format!("{name}.bias"))?);
        Ok(LayerNorm::new(weight, bias, self.epsilon))
    }

    fn layer(&self, name: &str, heads: usize) -> Result<Layer> {
        let part = |part: &str| -> Result<(Tensor, Tensor)> {
            let name = format!("{name}.attention.self.{part}");
            Ok((self.get(&format!("{name}.weight"))?, self.get(&format!("{name}.bias"))?))
        };
        let (query, key, value) = (part("query")?, part("key")?, part("value")?);
        // Dividing the weights once spares dividing the products each time.
        let scale = 1.0 / ((query.0.dim(0)? / heads) as f64).sqrt();
        let weight = Tensor::cat(&[&(query.0 * scale)?, &key.0, &value.0], 0)?;
        let bias = Tensor::cat(&[&(query.1 * scale)?, &key.1, &value.1], 0)?;
        Ok(Layer {
            attention: Linear::new(weight, Some(bias)),
            attended: self.linear(&format!("{name}.attention.output.dense"))?,
            attended_norm: self.norm(&format!("{name}.attention.output.LayerNorm"))?,
            widen: self.linear(&format!("{name}.intermediate.dense"))?,
            narrow: self.linear(&format!("{name}.output.dense"))?,
            norm: self.norm(&format!("{name}.output.LayerNorm"))?,
        })
    }
}

/// GELU by the error function. Candle's own calls libm for each number, which is a quarter of a whole encoding; this
/// one the compiler turns into vector instructions.
struct Gelu;

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let Some((start, end)) = layout.contiguous_offsets() else { bail!("gelu of numbers that do not lie together") };
        let gelu = |x: &f32| 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2));
        let numbers = storage.as_slice::<f32>()?[start..end].iter().map(gelu).collect();
        Ok((CpuStorage::F32(numbers), layout.shape().clone()))
    }
}

/// The error function to within 5e-7: a quotient of polynomials (the coefficients are those of the Eigen library).
fn erf(x: f32) -> f32 {
    // Beyond 4 it is 1 to the last bit.
    let x = x.clamp(-4.0, 4.0);
    let s = x * x;
    let over = -2.726_142_4e-10;
    let over = over * s + 2.770_681_4e-8;
    let over = over * s - 2.101_024e-6;
    let over = over * s - 5.692_506_5e-5;
    let over = over * s - 7.349_906_3e-4;
    let over = over * s - 2.954_6e-3;
    let over = over * s - 1.609_603_3e-2;
    let under = -1.456_607_2e-5;
    let under = under * s - 2.133_740_6e-4;
    let under = under * s - 1.682_827e-3;
    let under = under * s - 7.373_329e-3;
    let under = under * s - 1.426_473_9e-2;
    x * over / under
}

#[cfg(test)]
mod tests;

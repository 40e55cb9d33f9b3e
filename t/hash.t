#!/usr/bin/perl
# Transcript tier, no root: HASH and OPTS HASH, XCRC and its kin, their limits,
# and that the client is heard meanwhile.
# directive: hash_enable, hash_max_bytes, hash_timeout

use strict;
use warnings;

use Digest::MD5 ();
use Digest::SHA ();
use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Test::More;

my $server = Inftpd::Test->new(conf => { hash_enable => 'YES',
    deny_file => '{denied}', ascii_download_enable => 'YES' }, users => {
	alice => {}, few => { hash_max_bytes => 1000000 },
	short => { hash_timeout => 1, hash_max_bytes => 0 },
	blind => { download_enable => 'NO' } });

my $c = $server->connect;
plan skip_all => 'built without OpenSSL' if !Inftpd::Test::built('digest');

my $text = join '', map { chr($_ * 7 & 255) } 1 .. 700001;
$server->file('file', $text);
$server->file('empty', '');
$server->file('two words', 'x');
$server->file('"quoted"', 'xy');
$server->file('name 5', '0123456789');
$server->file('name', '0123456789abcdef');
$server->file('say "hi"', 'hi');
$server->file("line\nend", 'x');
$server->file($_, 'x') for 'denied', 'dir/inner';
truncate $server->file('huge'), 1 << 40 or die "truncate: $!";
POSIX::mkfifo($server->data('fifo'), 0644);
symlink '/etc/passwd', $server->data('outside');

# The digest with zip's polynomial.
my @effect = map {
	my $crc = $_;

	$crc = $crc & 1 ? $crc >> 1 ^ 0xedb88320 : $crc >> 1 for 1 .. 8;
	$crc;
} 0 .. 255;

sub crc32 {
	my $crc = 0xffffffff;

	$crc = $crc >> 8 ^ $effect[($crc ^ $_) & 255] for unpack 'C*', $_[0];
	return sprintf '%08x', $crc ^ 0xffffffff;
}

my %digest = ('SHA-256' => \&Digest::SHA::sha256_hex,
    'SHA-512' => \&Digest::SHA::sha512_hex, 'SHA-1' => \&Digest::SHA::sha1_hex,
    'MD5' => \&Digest::MD5::md5_hex, 'CRC32' => \&crc32);
my %verb = (XCRC => 'CRC32', XMD5 => 'MD5', XSHA => 'SHA-1', XSHA1 => 'SHA-1',
    XSHA256 => 'SHA-256', XSHA512 => 'SHA-512');

sub feature { return (grep { /^ HASH/ } $c->expect('FEAT', 211))[0] // '' }

# --- what is told ------------------------------------------------------------

is(crc32('123456789'), 'cbf43926', 'the CRC of this test is the known one');
$c->expect($_, 530) for 'HASH file', 'XCRC file';
is(feature(), ' HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32', 'FEAT before the login');
$c->login('alice');
for my $name ('SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32') {
	$c->expect("OPTS HASH $name", 200, $name);
	$c->expect('OPTS HASH', 200, $name);
	like(feature(), qr/[ ;]\Q$name\E\*(;|$)/, 'FEAT marks it');
	$c->expect('HASH file', 213,
	    "$name 0-700000 " . $digest{$name}->($text) . ' file');
	$c->expect('HASH empty', 213, "$name 0-0 " . $digest{$name}->('') . ' empty');
	$c->expect('HASH /dir/../two words', 213,
	    "$name 0-0 " . $digest{$name}->('x') . ' /dir/../two words');
}
$c->expect('opts hash sha-512', 200, 'SHA-512', 'in any case');
$c->expect("OPTS HASH $_", 501) for 'SHA-3', 'SHA', 'SHA-512 x', 'SHA-512;';
$c->expect('OPTS HASH', 200, 'SHA-512', 'which changes nothing');
$c->expect('OPTS HASH SHA-256', 200);
$c->expect('TYPE A', 200);
$c->expect('HASH file', 213, qr/^SHA-256 0-700000 \Q${\Digest::SHA::sha256_hex($text)}\E /,
    'of the file as it is, also in TYPE A');
for my $verb (sort keys %verb) {
	my $want = sub { uc $digest{$verb{$verb}}->($_[0]) };

	$c->expect("$verb file", 250, $want->($text));
	$c->expect("$verb two words", 250, $want->('x'));
	$c->expect("$verb \"two words\"", 250, $want->('x'), "$verb: in quotes");
	$c->expect("$verb \"say \"\"hi\"\"\"", 250, $want->('hi'));
	$c->expect("$verb \"quoted\"", 250, $want->('xy'), "$verb: a name with quotes");
	$c->expect("$verb name 5", 250, $want->('0123456789'),
	    "$verb: a name that ends in a number");
	$c->expect("$verb \"name\" 10", 250, $want->('abcdef'), "$verb: from there on");
	$c->expect("$verb name 2 6", 250, $want->('2345'), "$verb: up to there");
	$c->expect("$verb \"name\" 2 600", 250, $want->('23456789abcdef'));
	$c->expect("$verb name 16", 250, $want->(''), "$verb: nothing");
}
$c->expect('XMD5 name 17', 554);
$c->expect('XMD5 name 5 4', 501);
$c->expect('XMD5 "missing" 1', 550);
$c->expect('XMD5 "missing', 550);

# --- RANG, and REST ----------------------------------------------------------

$c->expect('RANG 2 5', 350);
$c->expect('HASH name', 213, 'SHA-256 2-5 ' . Digest::SHA::sha256_hex('2345') . ' name');
$c->expect('HASH name', 213, qr/^SHA-256 0-15 /, 'it is for one');
$c->expect('RANG 10 1000', 350);
$c->expect('HASH name', 213, 'SHA-256 10-15 ' .
    Digest::SHA::sha256_hex('abcdef') . ' name');
$c->expect('RANG 0 9223372036854775807', 350);
$c->expect('HASH name', 213, qr/^SHA-256 0-15 /);
$c->expect('REST 10', 350);
$c->expect('HASH name', 213, qr/^SHA-256 10-15 /, 'REST is a range, too');
$c->expect('RANG 17 20', 350);
$c->expect('HASH name', 554);

# --- what may not be ---------------------------------------------------------

for my $verb ('HASH', 'XCRC', 'XSHA256') {
	$c->expect("$verb $_", 550) for 'missing', 'denied', 'outside', 'name/x';
	$c->expect("$verb $_", $verb eq 'HASH' ? 553 : 550) for 'dir', 'fifo', '/';
	$c->expect($verb, 501);
}
$c->expect("HASH line\nend", 550); # is two lines
$c->reply;
$c->quit;
$c = $server->login('blind');
$c->expect('HASH file', 552);
$c->expect('XMD5 file', 550);
$c->quit;
chmod 0640, $server->data('file');
$c = $server->login('anonymous');
$c->expect('HASH file', 550, undef, 'anonymous: only what all may read');
chmod 0644, $server->data('file');
$c->expect('HASH file', 213);
$c->quit;

# --- during it ---------------------------------------------------------------

$c = $server->login('short');
for my $other ($server->login('alice')) {
	my $data = $other->pasv;
	$other->expect('STOR busy', 150);
	$c->expect('HASH busy', 450, undef, 'a file that is being stored');
	close $data;
	$other->expect_reply(226);
	$other->quit;
}
$c->expect('HASH huge', 451, qr/longer/, 'hash_timeout');
$c->expect('HASH two words', 213, undef, 'the next one is well');
$c->quit;

$c = $server->login('alice');
$c->expect('HASH huge', 556, qr/session/, 'hash_max_bytes is 100G');
$c->expect('XMD5 huge', 550, qr/session/);
$c->quit;
$server->user('free', hash_max_bytes => 0);
$c = $server->login('free');
$c->raw("HASH huge\r\n");
$c->expect('NOOP', 200, undef, 'NOOP is answered while it goes on');
my @lines = $c->expect('STAT', 211);
like("@lines", qr/SHA-256 of \/huge: \d+ of 1099511627776 bytes so far/, 'STAT tells');
$c->expect('STAT /', 450);
$c->expect('ABOR', 426, 'Aborted.', 'ABOR: 426 for HASH');
$c->expect_reply(226, 'ABOR successful.');
$c->expect('ABOR', 225);
$c->raw("XSHA512 huge\r\nQUIT\r\n");
$c->hang_up;
ok(defined $c->exit_status, 'a client who goes away ends it');
$c->{checked} = 1;

# The data connection that was prepared stays.
$c = $server->login('free');
my $data = $c->pasv;
$c->expect('HASH two words', 213);
$c->expect('RETR name', 150);
is(Inftpd::Test::Client::drain($data), '0123456789abcdef');
$c->expect_reply(226);

# QUIT waits for the answer.
truncate $server->file('some'), 50 << 20 or die "truncate: $!";
$c->raw("HASH some\r\nPWD\r\nQUIT\r\n");
$c->expect_reply(213, qr/^SHA-256 0-52428799 /, 'the digest comes before the goodbye');
$c->expect_reply(257, undef, 'and before what had to wait');
$c->expect_reply(221);
$c->check;

# The bytes of a session.
$c = $server->login('few');
$c->expect('HASH file', 213);
$c->expect('HASH file', 556, qr/session/, 'the second is beyond hash_max_bytes');
$c->expect('RANG 0 299998', 350);
$c->expect('HASH file', 213, undef, 'what is left can be used');
$c->expect('HASH two words', 556);
$c->expect('HASH empty', 213, undef, 'nothing costs nothing');
$c->quit;
like($c->log, qr/hash: SHA-256 of "\/file": 700001 bytes, \d+\.\d{3} seconds/, 'logged');

# A file that shrinks under the reader's hands.
$c = $server->login('free');
$c->raw("HASH huge\r\n");
$c->expect('NOOP', 200);
truncate $server->data('huge'), 0;
$c->expect_reply(451, qr/shorter/, 'a file that has become shorter');
$c->quit;

# --- without hash_enable, without the module ---------------------------------

$server = Inftpd::Test->new(conf => { hash_enable => 'NO' });
$server->file('file', 'x');
$c = $server->login('alice');
$c->expect("$_ file", 502) for 'HASH', sort keys %verb;
$c->expect('OPTS HASH SHA-1', 501);
@lines = $c->expect('FEAT', 211);
is((grep { /HASH|X(CRC|MD5|SHA)/ } @lines), 0, 'FEAT says nothing of it');
$c->quit;

# Few clients ask, so the listener does not load it for all.
my $l = Inftpd::Test::Listener->start($server, conf => { hash_enable => 'YES' });
$c = $l->connect;
$c->login('alice');
$c->expect('HASH file', 213, undef, 'a client of the listener');
$c->quit;
open my $maps, '<', "/proc/$l->{pid}/maps" or die "maps: $!";
my $mapped = do { local $/; <$maps> };
unlike($mapped, qr/libcrypto|digest\.so|deflate\.so/, 'which has no module');
$l->stop;
done_testing;

#!/usr/bin/perl
# Transcript tier, no root: MODE Z, transfers compressed by zlib: every verb
# that moves something, what is damaged or cut, and what grows without end.
# directive: mode_z_enable

use strict;
use warnings;

use Compress::Zlib ();
use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Test::More;

plan skip_all => 'built without zlib' if !Inftpd::Test::built('deflate');

my %on = (mode_z_enable => 'YES');
my $server = Inftpd::Test->new(conf => { %on, ascii_download_enable => 'YES',
    ascii_upload_enable => 'YES' }, users => {
	alice => {}, small => { upload_max_size => 1000000 },
	clean => { delete_failed_uploads => 'YES' },
	atomic => { upload_atomic => 'YES' },
	slow => { local_max_rate => 300000 }, });
my $text = join '', map { "$_ is a line of this file\n" } 1 .. 100000;
my $noise = join '', map { chr rand 256 } 1 .. 600000;

$server->file('text', $text);
$server->file('noise', $noise);
$server->file('empty', '');
$server->file('dir/inner', 'x');
sub pack_z { return Compress::Zlib::compress($_[0], $_[1] // 6) }
sub unpack_z { return Compress::Zlib::uncompress($_[0]) }

# A whole transfer of either way in MODE Z.
sub fetch {
	my ($c, $line, $open) = @_;
	my ($bytes, $code) = $c->fetch($line, $open);

	return (defined $bytes ? unpack_z($bytes) : undef, $code, length $bytes // '');
}

# --- switching ---------------------------------------------------------------

my $c = $server->login('alice');
$c->expect('TYPE I', 200);
ok((grep { $_ eq ' MODE Z' } $c->expect('FEAT', 211)), 'FEAT has it');
$c->expect('MODE Z', 200);
like(join("\n", $c->expect('STAT', 211)), qr/MODE: deflate/, 'STAT tells');
ok((fetch($c, 'RETR text'))[0] eq $text, 'RETR');
$c->expect('mode s', 200);
ok(($c->retr('text'))[0] eq $text, 'MODE S again');
$c->expect('mode z', 200);
for my $line ('MODE B', 'MODE C', 'MODE X', 'MODE', 'MODE ZZ') {
	my ($code) = $c->cmd($line);
	like($code, qr/^50[14]$/, "$line is refused");
}
ok((fetch($c, 'RETR text'))[0] eq $text, 'which changes nothing');
$c->expect("OPTS MODE $_", 200) for 'Z', 'Z LEVEL 1', 'z level 9',
    'Z ENGINE ZLIB LEVEL 3', 'Z LEVEL 4 ENGINE zlib';
$c->expect("OPTS MODE$_", 501) for '', ' ', ' S', ' Z LEVEL', ' Z LEVEL 10',
    ' Z LEVEL -1', ' Z ENGINE LZO', ' Z LEVEL 5 ', ' ZLEVEL 5', ' Z FISH 1';
$c->expect('OPTS MODE Z LEVEL 0', 200, 'MODE Z LEVEL set to 0.');
cmp_ok((fetch($c, 'RETR text'))[2], '>', length $text, 'LEVEL 0 packs nothing');
$c->expect('OPTS MODE Z LEVEL 9', 200);
cmp_ok((fetch($c, 'RETR text'))[2], '<', length($text) / 4, 'LEVEL 9 does');

# --- what is sent ------------------------------------------------------------

for my $how ('pasv', 'epsv', 'port', 'eprt') {
	my ($bytes, $code) = fetch($c, 'RETR noise', $how);
	ok($bytes eq $noise && $code eq 226, "RETR over $how");
}
is((fetch($c, 'RETR empty'))[0], '', 'an empty file');
$c->expect('REST 599000', 350);
ok((fetch($c, 'RETR noise'))[0] eq substr($noise, 599000), 'REST counts bytes of the file');
$c->expect('RANG 300000 300009', 350);
ok((fetch($c, 'RETR noise'))[0] eq substr($noise, 300000, 10), 'and so does RANG');
$c->expect('TYPE A', 200);
ok((fetch($c, 'RETR text'))[0] eq $text =~ s/\n/\r\n/gr, 'TYPE A');
$c->expect('TYPE I', 200);
for my $line ('LIST', 'NLST', 'MLSD', 'NLST dir') {
	$c->expect('MODE S', 200);
	my ($plain) = $c->fetch($line);
	$c->expect('MODE Z', 200);
	my ($bytes, $code) = fetch($c, $line);
	is("$code $bytes", "226 $plain", $line);
}
$server->file("many/$_ of many files in a directory") for 1 .. 300;
my ($names) = fetch($c, 'NLST many');
is(scalar(split /\r\n/, $names), 300, 'a long listing');
$c->pasv;
$c->expect('RETR missing', 550);

# --- what is stored ----------------------------------------------------------

sub stored {
	my ($line, $packed, $how) = @_;
	my ($code) = $c->send_file($line, $packed, $how);

	return $code;
}
for my $how ('pasv', 'port') {
	is(stored('STOR new', pack_z($text), $how), 226, "STOR over $how");
	ok($server->content('new') eq $text, 'expanded');
}
is(stored('STOR new', pack_z('')), 226, 'an empty stream');
is($server->content('new'), '', 'is an empty file');
is(stored('APPE new', pack_z('one')), 226);
is(stored('APPE new', pack_z('two', 0)), 226);
is($server->content('new'), 'onetwo', 'APPE');
$c->expect('REST 3', 350);
is(stored('STOR new', pack_z('TWO!')), 226);
is($server->content('new'), 'oneTWO!', 'STOR behind REST');
my ($code, undef, $words) = $c->send_file('STOU', pack_z('unique'));
is($code, 226);
is($server->content($words =~ s/^FILE: //r), 'unique', 'STOU');
$c->expect('TYPE A', 200);
is(stored('STOR new', pack_z("a\r\nb\rc\r\n\r")), 226);
is($server->content('new'), "a\nb\rc\n\r", 'TYPE A');
$c->expect('TYPE I', 200);
is(stored('STOR new', pack_z($noise, 9)), 226);
ok($server->content('new') eq $noise, 'what cannot be packed');

# In any pieces.
{
	my $data = $c->pasv;
	my $packed = pack_z('in many pieces' x 50);
	$c->expect('STOR pieces', 150);
	for my $byte (split //, $packed) {
		Inftpd::Test::Client::write_all($data, $byte);
		select undef, undef, undef, 0.001;
	}
	close $data;
	$c->expect_reply(226);
	is($server->content('pieces'), 'in many pieces' x 50, 'byte by byte');
}

# --- damaged, cut, too much --------------------------------------------------

my $whole = pack_z($noise);
my %broken = (
	'no stream' => ['this is no stream of zlib', 451],
	'a stream of gzip' => [Compress::Zlib::memGzip('x'), 451],
	'one with a dictionary' => ["\x78\xbb\x00\x00\x00\x01xxxx", 451],
	'a changed byte' => [do { my $z = $whole;
		substr($z, 300000, 1) ^= "\xff"; $z }, 451],
	'a wrong sum' => [do { my $z = pack_z('x'); substr($z, -1) ^= "\1"; $z }, 451],
	'bytes behind the end' => [pack_z('x') . 'y', 451],
	'two streams' => [pack_z('x') . pack_z('y'), 451],
	'cut in the middle' => [substr($whole, 0, 300000), 426],
	'cut before its sum' => [substr(pack_z('x'), 0, -4), 426],
	'nothing at all' => ['', 426],
);
for my $what (sort keys %broken) {
	my ($bytes, $want) = @{ $broken{$what} };

	is(stored('STOR broken', $bytes), $want, "$what: $want");
	$c->expect('NOOP', 200, undef, 'and the session goes on');
}
for my $who ('clean', 'atomic') {
	my $other = $server->login($who);
	$other->expect('MODE Z', 200);
	$server->file('kept', 'old') if $who eq 'atomic';
	unlink $server->data('kept') if $who eq 'clean';
	my ($end) = $other->send_file('STOR kept', substr $whole, 0, 300000);
	is($end, 426);
	is($server->content('kept'), $who eq 'atomic' ? 'old' : undef,
	    "$who: what was cut is not left");
	$other->quit;
}

# A few kB that become many MB: upload_max_size counts what is stored, and the
# client is heard while there is more to expand.
my $deflater = Compress::Zlib::deflateInit(-Level => 9);
my $bomb = '';
$bomb .= ($deflater->deflate("\0" x (1 << 20)))[0] for 1 .. 64;
$bomb .= ($deflater->flush)[0];
cmp_ok(length $bomb, '<', 300000, 'a bomb');
my $small = $server->login('small');
$small->expect('MODE Z', 200);
is(($small->send_file('STOR bomb', $bomb))[0], 552, 'upload_max_size is kept');
cmp_ok(-s $server->data('bomb'), '<=', 1000000, 'not a byte more is stored');
is(($small->send_file('STOR bomb', pack_z('x' x 1000000)))[0], 226, 'as much as allowed');
is(($small->send_file('APPE bomb', pack_z('x')))[0], 552, 'and no more by APPE');
$small->quit;
{
	my $data = $c->pasv;
	$c->expect('STOR bomb', 150);
	Inftpd::Test::Client::write_all($data, $bomb);
	$c->expect('NOOP', 200, undef, 'NOOP is heard while a bomb goes off');
	close $data;
	$c->expect_reply(226);
	is(-s $server->data('bomb'), 64 << 20, 'which is stored, if nothing forbids it');
	unlink $server->data('bomb');
}
{
	my $data = $c->pasv;
	truncate $server->file('zeros'), 1 << 40 or die "truncate: $!";
	$c->expect('RETR zeros', 150);
	$c->expect('NOOP', 200, undef, 'NOOP is heard while much is packed to little');
	$c->expect('ABOR', 426);
	$c->expect_reply(226);
	close $data;
}
$c->quit;

# The log has bytes of the file.
like($c->log, qr{upload "/bomb": 67108864 bytes}, 'the log counts what is stored');

# A rate is one of the network.
$c = $server->login('slow');
$c->expect('TYPE I', 200);
$c->expect('MODE Z', 200);
my $began = Time::HiRes::time();
ok((fetch($c, 'RETR text'))[0] eq $text, 'with local_max_rate');
my $packed = length Compress::Zlib::compress($text);
cmp_ok(Time::HiRes::time() - $began, '>', $packed / 300000 - 0.5,
    'as slow as it has to be');
$c->quit;

# --- under TLS ---------------------------------------------------------------

SKIP: {
	require Inftpd::TLS;
	skip Inftpd::TLS::lacks(), 1 if Inftpd::TLS::lacks();
	my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
	my $secure = Inftpd::Test->new(
	    conf => { Inftpd::TLS::conf(Inftpd::TLS::pair($dir, 'server')), %on });

	subtest 'under TLS' => sub {
		my $t = Inftpd::TLS->login($secure, 'alice');
		$t->expect('TYPE I', 200);
		$t->expect('MODE Z', 200);
		for my $bytes ($text, $noise, '') {
			my ($end) = $t->send_file('STOR file', pack_z($bytes));
			is($end, 226, 'STOR');
			ok($secure->content('file') eq $bytes, 'expanded');
			my ($got, $code) = $t->retr('file');
			is($code, 226, 'RETR');
			ok(unpack_z($got) eq $bytes, 'compressed');
			ok($t->{goodbye}, 'and ended by close_notify');
		}
		my ($list) = $t->fetch('MLSD');
		like(unpack_z($list), qr/ file\r\n/, 'MLSD');
		is(($t->send_file('STOR cut', substr $whole, 0, 1000))[0], 426,
		    'cut');
		$t->quit;
	};
}

# --- a client that knows it --------------------------------------------------

SKIP: {
	skip 'lftp is not installed', 1
	    unless grep { -x "$_/lftp" } split /:/, $ENV{PATH};
	subtest 'lftp' => sub {
		my $own = Inftpd::Test->new(conf => \%on);
		my $l = Inftpd::Test::Listener->start($own,
		    conf => { log_ftp_protocol => 'YES' });
		my $here = File::Temp->newdir('inftpd-lftp-XXXXXX', TMPDIR => 1);

		$l->connect->quit; # until it listens
		Inftpd::Test::write_file("$here/$_->[0]", $_->[1])
		    for ['text', $text], ['noise', $noise], ['empty', ''];
		my $said = `cd $here && HOME=$here timeout 60 lftp -e 'set ftp:ssl-allow no; set ftp:use-mode-z yes; mput text noise empty; cls; get text -o text2; get noise -o noise2; get empty -o empty2; bye' -u alice,secret -p $l->{port} 127.0.0.1 2>&1 </dev/null`;
		for my $name ('text', 'noise', 'empty') {
			my $want = { text => $text, noise => $noise, empty => '' }->{$name};
			open my $in, '<:raw', "$here/${name}2";
			my $got = do { local $/; <$in> // '' };

			ok(($own->content($name) // 'none') eq $want, "put $name");
			ok(defined $in && $got eq $want, "get $name") or diag $said;
		}
		like($said, qr/^noise$/m, 'a listing');
		open my $log, '<', $l->{log};
		is((grep { /reply: 200 Mode set to Z/ } <$log>) > 0, 1, 'all in MODE Z');
		$l->stop;
	};
}

# --- without it, and without the module --------------------------------------

$server = Inftpd::Test->new(conf => { mode_z_enable => 'NO' });
$c = $server->login('alice');
$c->expect('MODE Z', 504);
$c->expect('OPTS MODE Z LEVEL 5', 501);
is((grep { /MODE Z/ } $c->expect('FEAT', 211)), 0, 'FEAT says nothing');
$c->quit;
$server = Inftpd::Test->new;
$server->file('file', 'x');
rename Inftpd::Test::program() =~ s/inftpd$/deflate.so/r,
    Inftpd::Test::program() =~ s/inftpd$/none.so/r or die "rename: $!";
$c = $server->login('alice');
$c->expect('MODE Z', 504, 'Only MODE S (stream).', 'without the module');
is((grep { /MODE Z/ } $c->expect('FEAT', 211)), 0, 'and not in FEAT');
is(($c->retr('file'))[0], 'x', 'MODE S goes on');
$c->quit;
$server->write_conf('conf.d/z.conf', \%on);
my $program = Inftpd::Test::program();
like(`$program --config $server->{dir}/conf --check-config 2>&1`,
    qr{^warning: \S+/z\.conf:1: mode_z_enable: there is no \S+/deflate\.so, }m,
    '--check-config tells who asks for it by name');
# It goes while a session is there.
rename Inftpd::Test::program() =~ s/inftpd$/none.so/r,
    Inftpd::Test::program() =~ s/inftpd$/deflate.so/r or die "rename: $!";
$server = Inftpd::Test->new;
$c = $server->login('alice');
rename Inftpd::Test::program() =~ s/inftpd$/deflate.so/r,
    Inftpd::Test::program() =~ s/inftpd$/none.so/r or die "rename: $!";
$c->expect('MODE Z', 504, qr/log/, 'and when it has just gone');
like($c->log, qr/deflate: the module \S+ cannot be loaded/, 'the log says why');
$c->quit;
done_testing;

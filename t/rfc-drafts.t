#!/usr/bin/perl
# Transcript tier, no root: drafts that never became standards and that clients
# know all the same. Each test is a row of t/conformance/TABLE.

use strict;
use warnings;

use Compress::Zlib ();
use Digest::SHA ();
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

for my $part (['digest', 'OpenSSL'], ['deflate', 'zlib']) {
	plan skip_all => "built without $part->[1]"
	    if !Inftpd::Test::built($part->[0]);
}

my $server = Inftpd::Test->new(
    conf => { hash_enable => 'YES', mode_z_enable => 'YES' });

$server->file('file', '0123456789');
$server->dir('dir');
sub alice { return session($server, 'alice') }
sub feature {
	my ($c, $what) = @_;

	return (grep { /^ $what( |$)/ } gives($c, 'FEAT', 211))[0] // '';
}
sub sha { return Digest::SHA::sha256_hex($_[0]) }

# --- MFMT, MFF ---------------------------------------------------------------

requirement 'draft somers-ftp-mfxx 3.1: MFMT answers 213 Modify=time; and the name' => sub {
	gives(alice(), 'MFMT 20020717210715 file', 213, 'Modify=20020717210715; file');
	same((stat $server->data('file'))[9], 1026940035, 'time');
};
requirement 'draft somers-ftp-mfxx 3.2: MFMT of what is not there is 550' => sub {
	gives(alice(), 'MFMT 20020717210715 missing', 550);
};
requirement 'draft somers-ftp-mfxx 3.2: MFMT without time or name is 501' => sub {
	my $c = alice();

	gives($c, $_, 501) for 'MFMT', 'MFMT file', 'MFMT 2002 file', 'MFMT 20020717210715';
};
requirement 'draft somers-ftp-mfxx 3.3: FEAT has MFMT, and MFF with its facts' => sub {
	my $c = alice();

	same(feature($c, 'MFMT'), ' MFMT', 'MFMT');
	same(feature($c, 'MFF'), ' MFF Modify;UNIX.mode;', 'MFF');
};
requirement 'draft somers-ftp-mfxx 5.1: MFF answers 213, the facts and the name' => sub {
	gives(alice(), 'MFF Modify=20020717210716;UNIX.mode=0640; file', 213,
	    'Modify=20020717210716;UNIX.mode=0640; file');
	my @st = stat $server->data('file');
	same(sprintf('%d %o', $st[9], $st[2] & 0777), '1026940036 640', 'file');
};
requirement 'draft somers-ftp-mfxx 5.2: a fact that cannot be set is 504, and none is' => sub {
	my $before = (stat $server->data('file'))[9];

	gives(alice(), 'MFF Modify=20030101000000;UNIX.owner=root; file', 504);
	same((stat $server->data('file'))[9], $before, 'time');
};
not_done 'draft somers-ftp-mfxx 4.1: MFCT sets the time of creation',
    'Linux lets nobody set it' => sub {
	gives(alice(), 'MFCT 20020717210715 file', 213);
};

# --- HASH, RANG --------------------------------------------------------------

requirement 'draft bryan-ftpext-hash 3: HASH answers 213 algorithm range digest name' => sub {
	gives(alice(), 'HASH file', 213, 'SHA-256 0-9 ' . sha('0123456789') . ' file');
};
requirement 'draft bryan-ftpext-hash 3.1: FEAT names the algorithms, * behind the chosen' => sub {
	my $c = alice();

	same(feature($c, 'HASH'), ' HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32', 'FEAT');
	gives($c, 'OPTS HASH MD5', 200, 'MD5');
	same(feature($c, 'HASH'), ' HASH SHA-256;SHA-512;SHA-1;MD5*;CRC32', 'FEAT');
};
requirement 'draft bryan-ftpext-hash 3.2: OPTS HASH tells and chooses the algorithm' => sub {
	my $c = alice();

	gives($c, 'OPTS HASH', 200, 'SHA-256');
	gives($c, 'OPTS HASH SHA-512', 200, 'SHA-512');
	gives($c, 'HASH file', 213, qr/^SHA-512 0-9 [0-9a-f]{128} file$/);
};
requirement 'draft bryan-ftpext-hash 3.2: what OPTS HASH chose holds until REIN' => sub {
	my $c = session($server);

	gives($c, 'OPTS HASH MD5', 200, 'MD5');
	gives($c, 'REIN', 220);
	gives($c, 'OPTS HASH', 200, 'SHA-256');
};
requirement 'draft bryan-ftpext-hash 3.5: an unknown algorithm is 501, nothing changes' => sub {
	my $c = alice();

	gives($c, 'OPTS HASH HAVAL', 501);
	gives($c, 'OPTS HASH', 200, 'SHA-256');
};
requirement 'draft bryan-ftpext-hash 3.5: 550 for what is not there, 553 for a directory' => sub {
	my $c = alice();

	gives($c, 'HASH missing', 550);
	gives($c, 'HASH dir', 553);
};
requirement 'draft bryan-ftpext-hash 3.5: 552 for who may not, 556 beyond what policy allows' => sub {
	my $own = Inftpd::Test->new(conf => { hash_enable => 'YES' }, users => {
		may_not => { cmds_denied => 'HASH' }, little => { hash_max_bytes => 5 } });

	$own->file('file', '0123456789');
	gives(session($own, 'may_not'), 'HASH file', 552);
	gives(session($own, 'little'), 'HASH file', 556);
};
requirement 'draft bryan-ftpext-hash 3: the digest is of TYPE I, in lower case' => sub {
	my $c = alice();

	$server->file('lines', "a\nb\n");
	gives($c, 'TYPE A', 200);
	gives($c, 'HASH lines', 213, 'SHA-256 0-3 ' . sha("a\nb\n") . ' lines');
};
requirement 'draft bryan-ftpext-hash 5: there is SHA-1, and no weaker default' => sub {
	my $c = alice();

	gives($c, 'OPTS HASH', 200, qr/^SHA-(?:1|256|512)$/);
	gives($c, 'OPTS HASH SHA-1', 200, 'SHA-1');
	gives($c, 'HASH file', 213, 'SHA-1 0-9 ' . Digest::SHA::sha1_hex('0123456789') . ' file');
};
requirement 'draft bryan-ftpext-hash 3.3: RANG chooses the part of the next HASH' => sub {
	my $c = alice();

	gives($c, 'RANG 2 4', 350);
	gives($c, 'HASH file', 213, 'SHA-256 2-4 ' . sha('234') . ' file');
	gives($c, 'HASH file', 213, qr/^SHA-256 0-9 /);
};
requirement 'draft bryan-ftp-range 3: RANG has first and last byte of the next RETR' => sub {
	my $c = alice();

	gives($c, 'RANG 2 4', 350);
	same(($c->retr('file'))[0], '234', 'RETR');
	same(($c->retr('file'))[0], '0123456789', 'the next');
};
requirement 'draft bryan-ftp-range 3: RANG 1 0 takes it back' => sub {
	my $c = alice();

	gives($c, $_, 350) for 'RANG 2 4', 'RANG 1 0';
	same(($c->retr('file'))[0], '0123456789', 'RETR');
};
requirement 'draft bryan-ftp-range 4.3: RANG and REST replace one another' => sub {
	my $c = alice();

	gives($c, $_, 350) for 'RANG 2 4', 'REST 8';
	same(($c->retr('file'))[0], '89', 'REST');
	gives($c, $_, 350) for 'REST 8', 'RANG 2 4';
	same(($c->retr('file'))[0], '234', 'RANG');
};
requirement 'draft bryan-ftp-range 3: what is no range is 501 and takes it back' => sub {
	my $c = alice();

	gives($c, "RANG$_", 501) for '', ' 1', ' a b', ' 5 4', ' -1 4', ' 1 2 3';
	gives($c, 'RANG 2 4', 350);
	gives($c, 'RANG 5 4', 501);
	same(($c->retr('file'))[0], '0123456789', 'RETR');
};
requirement 'draft bryan-ftp-range 3.1: FEAT has RANG STREAM' => sub {
	same(feature(alice(), 'RANG'), ' RANG STREAM', 'FEAT');
};
requirement 'draft bryan-ftp-range 4.3: RETR of a range beyond the end sends nothing' => sub {
	my $c = alice();

	gives($c, 'RANG 100 200', 350);
	my ($bytes, $code) = $c->retr('file');
	same("$code $bytes", '226 ', 'RETR');
	gives($c, 'RANG 8 200', 350);
	same(($c->retr('file'))[0], '89', 'up to the end');
};
requirement 'draft bryan-ftp-range 4.3: STOR changes the range and nothing else' => sub {
	my $c = alice();

	gives($c, 'TYPE I', 200);
	for my $case (['2 4', 'abc', '01abc56789'], ['0 0', 'a', 'a123456789'],
	    ['8 11', 'abcd', '01234567abcd']) {
		my ($range, $bytes, $content) = @$case;

		$server->file('part', '0123456789');
		gives($c, "RANG $range", 350);
		same(($c->stor('part', $bytes))[0], 226, $range);
		same($server->content('part'), $content, $range);
	}
};
requirement 'draft bryan-ftp-range 4.3: more or less than the range is an error' => sub {
	my $c = alice();

	$server->file('part', '0123456789');
	gives($c, 'RANG 2 4', 350);
	same(($c->stor('part', 'abcdef'))[0], 552, 'more');
	gives($c, 'RANG 7 8', 350);
	same(($c->stor('part', 'x'))[0], 426, 'less');
	same($server->content('part'), '01abc56x89', 'content');
};
requirement 'draft bryan-ftp-range 4.3: STOR beyond the end is refused' => sub {
	my $c = alice();

	$server->file('part', '0123456789');
	gives($c, 'RANG 11 12', 350);
	same(($c->stor('part', 'ab'))[0], 554, 'STOR');
	same($server->content('part'), '0123456789', 'content');
};
requirement 'draft bryan-ftp-range 4.3: APPE behind RANG acts as STOR' => sub {
	my $c = alice();

	$server->file('part', '0123456789');
	gives($c, 'RANG 0 1', 350);
	same(($c->send_file('APPE part', 'ab'))[0], 226, 'APPE');
	same($server->content('part'), 'ab23456789', 'content');
};
requirement 'draft bryan-ftp-range 5: 552 for who may not' => sub {
	my $own = Inftpd::Test->new(users => { may_not => { cmds_denied => 'RANG' } });

	gives(session($own, 'may_not'), 'RANG 0 1', 552);
};

# --- MODE Z ------------------------------------------------------------------

requirement 'draft preston-ftpext-deflate: MODE Z is 200, the data a stream of zlib' => sub {
	my $c = alice();

	gives($c, 'MODE Z', 200);
	same(Compress::Zlib::uncompress(($c->retr('file'))[0]), '0123456789', 'RETR');
	same(($c->stor('up', Compress::Zlib::compress('text')))[0], 226, 'STOR');
	same($server->content('up'), 'text', 'content');
	holds(Compress::Zlib::uncompress(($c->fetch('NLST'))[0]) =~ /^file\r\n/m, 'NLST');
};
requirement 'draft preston-ftpext-deflate: MODE S goes back' => sub {
	my $c = alice();

	gives($c, $_, 200) for 'MODE Z', 'MODE S';
	same(($c->retr('file'))[0], '0123456789', 'RETR');
};
requirement 'draft preston-ftpext-deflate: OPTS MODE Z LEVEL is 200, or 501' => sub {
	my $c = alice();

	gives($c, 'OPTS MODE Z LEVEL 9', 200);
	gives($c, "OPTS MODE Z $_", 501) for 'LEVEL x', 'LEVEL 99', 'ENGINE X';
};
requirement 'draft preston-ftpext-deflate: FEAT has MODE Z' => sub {
	same(feature(alice(), 'MODE'), ' MODE Z', 'FEAT');
};

# --- AVBL, CSID --------------------------------------------------------------

requirement 'draft peterson-streamlined-ftp-command-extensions: AVBL tells a number of bytes' => sub {
	my $c = alice();

	gives($c, $_, 213, qr/^\d+$/) for 'AVBL', 'AVBL dir';
	gives($c, "AVBL $_", 550) for 'file', 'missing';
	same(feature($c, 'AVBL'), ' AVBL', 'FEAT');
};
requirement 'draft peterson-streamlined-ftp-command-extensions: CSID answers 200 and facts' => sub {
	my $c = session($server);

	gives($c, 'CSID Name=Client;Version=1;', 200, qr/^(?:\w+=[^;]+;(?: |$))+$/);
	same(feature($c, 'CSID'), ' CSID', 'FEAT');
};

$server->done;
done_testing;

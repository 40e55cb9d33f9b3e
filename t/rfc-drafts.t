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
	    unless -e (Inftpd::Test::program() =~ s/inftpd$/$part->[0].so/r);
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

requirement 'draft somers-ftp-mfxx: MFMT answers 213 Modify=time; and the name' => sub {
	gives(alice(), 'MFMT 20020717210715 file', 213, 'Modify=20020717210715; /file');
	same((stat $server->data('file'))[9], 1026940035, 'time');
};
requirement 'draft somers-ftp-mfxx: MFMT of what is not there is 550' => sub {
	gives(alice(), 'MFMT 20020717210715 missing', 550);
};
requirement 'draft somers-ftp-mfxx: MFMT without time or name is 501' => sub {
	my $c = alice();

	gives($c, $_, 501) for 'MFMT', 'MFMT file', 'MFMT 2002 file', 'MFMT 20020717210715';
};
requirement 'draft somers-ftp-mfxx: FEAT has MFMT, and MFF with its facts' => sub {
	my $c = alice();

	same(feature($c, 'MFMT'), ' MFMT', 'MFMT');
	same(feature($c, 'MFF'), ' MFF Modify;UNIX.mode;', 'MFF');
};
requirement 'draft somers-ftp-mfxx: MFF answers 213, the facts and the name' => sub {
	gives(alice(), 'MFF Modify=20020717210716;UNIX.mode=0640; file', 213,
	    'Modify=20020717210716;UNIX.mode=0640; /file');
	my @st = stat $server->data('file');
	same(sprintf('%d %o', $st[9], $st[2] & 0777), '1026940036 640', 'file');
};
requirement 'draft somers-ftp-mfxx: a fact that cannot be set is 504, and none is' => sub {
	my $before = (stat $server->data('file'))[9];

	gives(alice(), 'MFF Modify=20030101000000;UNIX.owner=root; file', 504);
	same((stat $server->data('file'))[9], $before, 'time');
};
not_done 'draft somers-ftp-mfxx: MFCT sets the time of creation',
    'Linux lets nobody set it' => sub {
	gives(alice(), 'MFCT 20020717210715 file', 213);
};

# --- HASH, RANG --------------------------------------------------------------

requirement 'draft bryan-ftpext-hash: HASH answers 213 algorithm range digest name' => sub {
	gives(alice(), 'HASH file', 213, 'SHA-256 0-9 ' . sha('0123456789') . ' file');
};
requirement 'draft bryan-ftpext-hash: FEAT names the algorithms, * behind the chosen' => sub {
	my $c = alice();

	same(feature($c, 'HASH'), ' HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32', 'FEAT');
	gives($c, 'OPTS HASH MD5', 200, 'MD5');
	same(feature($c, 'HASH'), ' HASH SHA-256;SHA-512;SHA-1;MD5*;CRC32', 'FEAT');
};
requirement 'draft bryan-ftpext-hash: OPTS HASH tells and chooses the algorithm' => sub {
	my $c = alice();

	gives($c, 'OPTS HASH', 200, 'SHA-256');
	gives($c, 'OPTS HASH SHA-512', 200, 'SHA-512');
	gives($c, 'HASH file', 213, qr/^SHA-512 0-9 [0-9a-f]{128} file$/);
};
requirement 'draft bryan-ftpext-hash: an unknown algorithm is 501, nothing changes' => sub {
	my $c = alice();

	gives($c, 'OPTS HASH HAVAL', 501);
	gives($c, 'OPTS HASH', 200, 'SHA-256');
};
requirement 'draft bryan-ftpext-hash: of what is no file it is 550' => sub {
	my $c = alice();

	gives($c, "HASH $_", 550) for 'dir', 'missing';
};
requirement 'draft bryan-ftpext-hash: RANG chooses the part of the next HASH' => sub {
	my $c = alice();

	gives($c, 'RANG 2 4', 350);
	gives($c, 'HASH file', 213, 'SHA-256 2-4 ' . sha('234') . ' file');
	gives($c, 'HASH file', 213, qr/^SHA-256 0-9 /);
};
requirement 'draft bryan-ftp-range: RANG has first and last byte of the next RETR' => sub {
	my $c = alice();

	gives($c, 'RANG 2 4', 350);
	same(($c->retr('file'))[0], '234', 'RETR');
	same(($c->retr('file'))[0], '0123456789', 'the next');
};
requirement 'draft bryan-ftp-range: RANG 1 0 takes it back' => sub {
	my $c = alice();

	gives($c, $_, 350) for 'RANG 2 4', 'RANG 1 0';
	same(($c->retr('file'))[0], '0123456789', 'RETR');
};
requirement 'draft bryan-ftp-range: RANG and REST replace one another' => sub {
	my $c = alice();

	gives($c, $_, 350) for 'RANG 2 4', 'REST 8';
	same(($c->retr('file'))[0], '89', 'REST');
	gives($c, $_, 350) for 'REST 8', 'RANG 2 4';
	same(($c->retr('file'))[0], '234', 'RANG');
};
requirement 'draft bryan-ftp-range: what is no range is 501' => sub {
	my $c = alice();

	gives($c, "RANG$_", 501) for '', ' 1', ' a b', ' 5 4', ' -1 4', ' 1 2 3';
};
requirement 'draft bryan-ftp-range: FEAT has RANG STREAM' => sub {
	same(feature(alice(), 'RANG'), ' RANG STREAM', 'FEAT');
};
not_done 'draft bryan-ftp-range: RANG before STOR bounds what is stored',
    '554: REST says where it begins, and its end is the end of the data' => sub {
	my $c = alice();

	gives($c, 'RANG 2 4', 350);
	same(($c->stor('part', 'abc'))[0], 226, 'STOR');
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
